/** Figures on recorded data that nobody of this project wrote. `npm run evaluate:real`; `--json` for machines, `--markdown FILE` for the documentation. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cloudTrail } from './cloudtrail.ts';
import { commandStreams } from './command-streams.ts';
import { webBots } from './web-bots.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    markdown: { type: 'string' },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  },
});
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const streams = commandStreams();
const trails = cloudTrail();
const bots = webBots();

const strip = <T extends { readonly replayed: unknown }>({ replayed: _, ...rest }: T) => rest;
if (flags.markdown !== undefined) writeFileSync(flags.markdown, markdown());
if (flags.json) {
  console.log(
    JSON.stringify({
      commandStreams: strip(streams),
      cloudTrail: trails.map(strip),
      webBots: strip(bots),
    }),
  );
} else {
  console.log(text());
}

function text(): string {
  return [
    `command streams: ${streams.positives} spliced blocks, ${streams.negatives} own blocks; ROC area ${streams.auc.toFixed(3)}`,
    ...streams.rates.map(
      ({ falseShare, found, threshold }) =>
        `  found at ${percent(falseShare)} false blocks: ${percent(found)} (over ${threshold.toFixed(2)} bits)`,
    ),
    ...trails.flatMap(({ file, episodes, falseAlerts, cleanCredentials }) => [
      `CloudTrail ${file}: ${episodes.filter(({ alerted }) => alerted).length} of ${episodes.length} attacked credentials alerted, ${falseAlerts.length} alerts on ${cleanCredentials} clean credentials`,
      ...episodes.map(
        ({ credential, events, alerted, bits, kinds, besides }) =>
          `  ${alerted ? 'found ' : 'missed'} ${credential}: ${events} attack events, ${bits.toFixed(1)} bits, ${kinds}${besides === '' ? '' : `; also ${besides}`}`,
      ),
      ...falseAlerts.map(
        ({ credential, title, bits }) => `  false  ${credential}: ${title} (${bits.toFixed(1)} bits)`,
      ),
    ]),
    `web bots: ${bots.bots} scripted sessions, ${bots.humans} of people, by the session's highest score`,
    ...bots.rates.map(
      ({ falseShare, found, threshold }) =>
        `  found at ${percent(falseShare)} false: ${percent(found)} (over ${threshold.toFixed(2)} bits)`,
    ),
    `  curve: ${bots.curve.map(({ falseShare, found }) => `${percent(falseShare)} → ${percent(found)}`).join(', ')}`,
    `  bits by family, bots against people: ${bots.families.map((f) => `${f.family} ${f.bots.toFixed(1)}/${f.humans.toFixed(1)}`).join(', ')}`,
  ].join('\n');
}

/** One table a data set, and the commands that give the same figures. */
function markdown(): string {
  const rows = (lines: readonly (readonly string[])[]) =>
    lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `# Recorded data

Written by \`npm run evaluate:real -- --markdown docs/evaluation-recorded.md\` on ${flags.date}. People and programs, not simulations; no weight was trained on them. Each file goes through \`${streams.replayed.command}\` with nothing configured; the figures are computed from the score lines and alerts that it writes (\`bench/real-data/\`).

## Command streams

25 people, 15,000 commands each; into some of them another person's commands were spliced. A block of 100 commands is one hour of one credential, the command its route: there is no time, network, client or object to see. ${streams.positives} spliced blocks among ${streams.positives + streams.negatives}; ROC area ${streams.auc.toFixed(3)}.

${rows([['false blocks', 'spliced blocks found', 'threshold, bits'], ['--:', '--:', '--:'], ...streams.rates.map(({ falseShare, found, threshold }) => [percent(falseShare), percent(found), threshold.toFixed(2)])])}

## CloudTrail

Recorded simulations of attacks among normal use, most of it within an hour: every credential is nearly new. An attacked credential is found when an alert on it overlaps its attack or is raised within the hour after it; events that prepared the simulation count for nothing.

${rows([['recording', 'attacked credentials found', 'alerts on clean credentials', 'clean credentials'], ['---', '--:', '--:', '--:'], ...trails.map(({ file, episodes, falseAlerts, cleanCredentials }) => [file, `${episodes.filter(({ alerted }) => alerted).length} of ${episodes.length}`, String(falseAlerts.length), String(cleanCredentials)])])}

## Web sessions

${bots.humans} sessions of people and ${bots.bots} of scripts on one site. The session is the credential and is seen once, for some minutes; there is no address, and the user agent is left out because it is the label. What tells them apart is the pause before a page: ten seconds, the boundary in \`scripted-session\`, were chosen after a look at these sessions, so for that detector they are an example and no test.

${rows([['false sessions', 'scripted sessions found'], ['--:', '--:'], ...bots.curve.map(({ falseShare, found }) => [percent(falseShare), percent(found)])])}

Mean bits of each family in the highest hour, scripts against people: ${bots.families.map((f) => `${f.family} ${f.bots.toFixed(1)} / ${f.humans.toFixed(1)}`).join(', ')}.
`;
}
