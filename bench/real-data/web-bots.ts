import { dataLines, dataRows, foundAtFalseShare, type Replayed, replayLines } from './replay.ts';

export interface WebBotsResult {
  readonly replayed: Replayed;
  readonly bots: number;
  readonly humans: number;
  /** Found by the session's highest score. */
  readonly rates: readonly {
    readonly falseShare: number;
    readonly found: number;
    readonly threshold: number;
  }[];
  readonly curve: readonly { readonly falseShare: number; readonly found: number }[];
  /** Mean bits of each family in bots' and humans' highest hours. */
  readonly families: readonly { readonly family: string; readonly bots: number; readonly humans: number }[];
}

/** Requests of people and scripts; the session is the credential, and the user agent is left out (it is the label). */
export function webBotLines(): string[] {
  return dataLines('web-bots/events.ndjson.gz')
    .map((line): { ts: string; cred: string; method: string; path: string; status: number; bytes: number } =>
      JSON.parse(line),
    )
    .sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0))
    .map(({ ts, cred, method, path, status, bytes }, n) =>
      JSON.stringify({
        'gateway.type': 'canonical',
        timestamp: ts,
        'event.id': `request-${n}`,
        'credential.id': cred,
        'credential.type': 'session',
        'http.request.method': method,
        'url.path': path,
        'http.response.status_code': status,
        'http.response.body.size': bytes,
      }),
    );
}

export function webBots(): WebBotsResult {
  const replayed = replayLines(webBotLines());
  const best = new Map<string, (typeof replayed.scores)[number]>();
  for (const line of replayed.scores) {
    const known = best.get(line['credential.id']);
    if (known === undefined || line.score_bits > known.score_bits) best.set(line['credential.id'], line);
  }
  const rows = dataRows('web-bots/labels-sessions.csv').flatMap((row) => {
    const line = best.get(row.get('cred') ?? '');
    return line === undefined ? [] : [{ isBot: row.get('label') !== 'human', line }];
  });
  const scoresOf = (isBot: boolean) =>
    rows.filter((row) => row.isBot === isBot).map(({ line }) => line.score_bits);
  const positives = scoresOf(true);
  const negatives = scoresOf(false);
  const at = (falseShare: number) => ({ falseShare, ...foundAtFalseShare(positives, negatives, falseShare) });
  const names = [...new Set(rows.flatMap(({ line }) => Object.keys(line.families)))];
  const mean = (isBot: boolean, family: string) => {
    const list = rows.filter((row) => row.isBot === isBot).map(({ line }) => line.families[family] ?? 0);
    return list.reduce((sum, bits) => sum + bits, 0) / Math.max(1, list.length);
  };
  return {
    replayed,
    bots: positives.length,
    humans: negatives.length,
    rates: [0.02, 0.1].map(at),
    curve: [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5].map(at),
    families: names.map((family) => ({ family, bots: mean(true, family), humans: mean(false, family) })),
  };
}
