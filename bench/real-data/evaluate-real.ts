/** Figures on recorded data that nobody of this project wrote. `npm run evaluate:real`; `--json` for machines. */
import { cloudTrail } from './cloudtrail.ts';
import { commandStreams } from './command-streams.ts';
import { webBots } from './web-bots.ts';

const json = process.argv.includes('--json');
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const streams = commandStreams();
const trails = cloudTrail();
const bots = webBots();

if (json) {
  const strip = <T extends { readonly replayed: unknown }>({ replayed: _, ...rest }: T) => rest;
  console.log(
    JSON.stringify({ commandStreams: strip(streams), cloudTrail: trails.map(strip), webBots: strip(bots) }),
  );
} else {
  console.log(
    `command streams: ${streams.positives} spliced blocks, ${streams.negatives} own blocks; ROC area ${streams.auc.toFixed(3)}`,
  );
  for (const { falseShare, found, threshold } of streams.rates)
    console.log(
      `  found at ${percent(falseShare)} false blocks: ${percent(found)} (over ${threshold.toFixed(2)} bits)`,
    );
  for (const { file, episodes, falseAlerts, cleanCredentials } of trails) {
    console.log(
      `CloudTrail ${file}: ${episodes.filter(({ alerted }) => alerted).length} of ${episodes.length} attacked credentials alerted, ${falseAlerts.length} alerts on ${cleanCredentials} clean credentials`,
    );
    for (const { credential, events, alerted, bits, kinds } of episodes)
      console.log(
        `  ${alerted ? 'found ' : 'missed'} ${credential}: ${events} attack events, ${bits.toFixed(1)} bits, ${kinds}`,
      );
    for (const { credential, title, bits } of falseAlerts)
      console.log(`  false  ${credential}: ${title} (${bits.toFixed(1)} bits)`);
  }
  console.log(
    `web bots: ${bots.bots} scripted sessions, ${bots.humans} of people, by the session's highest score`,
  );
  for (const { falseShare, found, threshold } of bots.rates)
    console.log(
      `  found at ${percent(falseShare)} false: ${percent(found)} (over ${threshold.toFixed(2)} bits)`,
    );
  console.log(
    `  curve: ${bots.curve.map(({ falseShare, found }) => `${percent(falseShare)} → ${percent(found)}`).join(', ')}`,
  );
  console.log(
    `  bits by family, bots against people: ${bots.families.map((f) => `${f.family} ${f.bots.toFixed(1)}/${f.humans.toFixed(1)}`).join(', ')}`,
  );
}
