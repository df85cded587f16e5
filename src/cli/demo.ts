import { rmSync } from 'node:fs';
import { Command } from 'commander';
import { simulatedSource } from '../sources/simulated.ts';
import { type ConfigFlags, readConfig, withConfigFlags } from './config-flags.ts';
import { colorsOf, type Io, print, usageFailure } from './io.ts';
import { decodeStageFrom } from './parts/decoder.ts';
import { allFormatNames } from './parts/mappings.ts';
import { runService } from './service.ts';

interface Flags extends ConfigFlags {
  readonly fresh?: boolean;
  readonly seed: string;
  readonly speed: string;
}

const stateDir = '.bearerwatch/demo';

/** `demo`: the real service on a simulated fleet. */
export function demoCommand(io: Io): Command {
  return withConfigFlags(new Command('demo'))
    .description("the real service on a simulated fleet's log lines, attacks included")
    .option('--fresh', 'forget what was learnt and found before')
    .option('--seed <number>', 'another fleet and other attacks', '1')
    .option('--speed <factor>', 'simulated seconds a second', '1')
    .addHelpText(
      'after',
      `
Three weeks of past are played first, so that every credential has a baseline; then the present goes on,
with attacks. The lines are those of Envoy, Kong, NGINX and CloudTrail, read by the same decoders as yours.
It ends with ctrl-C, and the next start goes on with what was learnt. State: ${stateDir}

Examples:
  bearerwatch demo
  bearerwatch demo --fresh --seed 7
  bearerwatch demo --set server.port=9800 --set alerts.perDay=3`,
    )
    .action(async (flags: Flags) => {
      const seed = numberFlag('--seed', flags.seed);
      const speed = numberFlag('--speed', flags.speed);
      // A configuration in the working directory is for the real thing: the demo must not write there.
      // Forty credentials: ten alerts a day would have to be made of nothing.
      const set = ['alerts.perDay=2', ...(flags.set ?? [])];
      const own = { ...flags, set, config: flags.config ?? '', state: flags.state ?? stateDir };
      const read = () => readConfig(own, { ...io, env: { ...io.env, BEARERWATCH_CONFIG: undefined } });
      const { bold, dim, cyan } = colorsOf(io, io.stderr);
      const say = (text: string) => print(io.stderr, text);
      const { config, warnings } = read();
      await runService(
        {
          config,
          reread: () => read().config,
          warnings,
          simulated: true,
          tellFromMs: Date.now(),
          fresh: flags.fresh === true,
          finite: false,
          async onReady(url) {
            await say(`\n${bold('Bearerwatch demo')}: everything here is simulated, attacks included.\n`);
            await say(
              `${dim('Reading three weeks of past first; the first alerts follow within a minute.')}\n\n`,
            );
            if (url !== undefined) await say(where(url, own.state, cyan));
          },
        },
        {
          formats: allFormatNames(config),
          sourceKind: 'file',
          openDecodeStage: decodeStageFrom,
          async openSource({ folder, logger }) {
            if (flags.fresh === true) rmSync(folder.path('demo.json'), { force: true });
            return simulatedSource({
              seed,
              speed,
              file: folder.path('demo.json'),
              nowMs: Date.now,
              onLive: (lines) =>
                logger.info({ lines }, 'the past is learnt; from here on it is live, and attacks begin'),
            });
          },
        },
        io,
      );
    });
}

function where(url: string, state: string, paint: (text: string) => string): string {
  return [
    `  incidents      ${paint(`${url}/`)}`,
    `  alerts as JSON ${paint(`curl ${url}/api/v1/alerts`)}`,
    `  one in words   ${paint(`npx bearerwatch explain ID --state ${state}`)}`,
    `  metrics        ${paint(`curl ${url}/metrics`)}`,
    `  your own logs  ${paint('npx bearerwatch replay access.log')}   ${paint('npx bearerwatch run --help')}`,
    '',
    '',
  ].join('\n');
}

function numberFlag(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw usageFailure(`${name} ${text}: give a number above 0`);
  }
  return value;
}
