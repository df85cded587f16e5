import { dataLines, dataRows, decodeFile, type Replayed, replayLines } from './replay.ts';

/** An hour that is told when it has ended is told after its last event. */
const graceMs = 3_600_000;

const files = ['invictus_raw', 'otrf_ec2_proxy_s3_exfil_raw'] as const;
const sources = ['invictus', 'otrf_ec2proxy'] as const;

export interface CloudTrailResult {
  readonly file: string;
  readonly replayed: Replayed;
  /** One episode for each credential with events labelled attack. */
  readonly episodes: readonly {
    readonly credential: string;
    readonly events: number;
    readonly alerted: boolean;
    /** Highest score of the hours that hold its attack events. */
    readonly bits: number;
    /** What the attack was, in the words of the labels. */
    readonly kinds: string;
    /** Other labels on the same credential. */
    readonly besides: string;
  }[];
  /** Alerts on credentials that carry only benign or service events. */
  readonly falseAlerts: readonly {
    readonly credential: string;
    readonly title: string;
    readonly bits: number;
  }[];
  readonly cleanCredentials: number;
}

/** A recorded simulation of attacks among normal use, replayed as it is. Events that prepared it (`setup`) count for nothing. */
export function cloudTrail(): CloudTrailResult[] {
  return files.map((file, f) => {
    const replayed = replayLines(dataLines(`cloudtrail/${file}.ndjson.gz`));
    const events = decodeFile(replayed.folder);
    const labelled = dataRows('cloudtrail/labels-events.csv.gz').filter(
      (row) => row.get('src') === sources[f],
    );
    const labels = new Map<string, { label: string; timeMs: number; kind: string }[]>();
    for (const row of labelled) {
      const event = events.get(row.get('eventID') ?? '');
      if (event === undefined) continue;
      const credential = String(event['credential.id']);
      const list = labels.get(credential) ?? [];
      list.push({ label: row.get('label') ?? '', timeMs: timeOf(event), kind: row.get('kind') ?? '' });
      labels.set(credential, list);
    }
    const isAttacked = (credential: string) =>
      labels.get(credential)?.some(({ label }) => label === 'attack') === true;
    const isClean = (credential: string) =>
      labels.get(credential)?.every(({ label }) => label === 'benign' || label === 'service') ?? true;
    const episodes = [...labels].flatMap(([credential, list]) => {
      const attack = list.filter(({ label }) => label === 'attack');
      if (attack.length === 0) return [];
      const times = attack.map(({ timeMs }) => timeMs);
      const from = Math.min(...times);
      const to = Math.max(...times);
      const hours = new Set(times.map((timeMs) => Math.floor(timeMs / 3_600_000) * 3_600_000));
      return [
        {
          credential,
          events: attack.length,
          alerted: replayed.alerts.some(
            (alert) =>
              alert.credential.id === credential &&
              alert.lastEventMs >= from &&
              alert.raisedAtMs <= to + graceMs,
          ),
          bits: Math.max(
            ...replayed.scores
              .filter((line) => line['credential.id'] === credential && hours.has(line.hour))
              .map((line) => line.score_bits),
          ),
          kinds: [...new Set(attack.map(({ kind }) => kind))].join(', '),
          besides: [...new Set(list.map(({ label }) => label).filter((label) => label !== 'attack'))].join(
            ', ',
          ),
        },
      ];
    });
    return {
      file,
      replayed,
      episodes,
      falseAlerts: replayed.alerts
        .filter(({ credential }) => !isAttacked(credential.id) && isClean(credential.id))
        .map(({ credential, title, scoreBits }) => ({ credential: credential.id, title, bits: scoreBits })),
      cleanCredentials: [...labels.keys()].filter(isClean).length,
    };
  });
}

function timeOf(event: Record<string, unknown>): number {
  const time = event['timestamp'];
  return typeof time === 'number' ? time : Date.parse(String(time));
}
