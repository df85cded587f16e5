import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { CliFailure, colorsOf, exitCodes, type Io, messageOf, print } from './io.ts';
import { version } from './version.ts';

/** Runs one command line. Resolves with the exit code; every message is written before. */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  const program = new Command('bearerwatch')
    .description('Should this credential still be trusted for this call, right now?')
    .version(version)
    .addHelpText(
      'after',
      `
Examples:
  bearerwatch demo                                   see it find things on a simulated fleet
  bearerwatch decode access.log | head               what it makes of your log lines
  bearerwatch replay access.log.gz                   your history through today's engine
  bearerwatch run --config bearerwatch.yaml          the service

Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.`,
    );
  for (const command of commands) program.addCommand(command(io));
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .showHelpAfterError('(--help shows examples)')
      .configureOutput({
        writeOut: (text) => void io.stdout.write(text),
        writeErr: (text) => void io.stderr.write(text),
      });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // Commander has written its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { red } = colorsOf(io, io.stderr);
    await print(io.stderr, `${red('bearerwatch')}: ${messageOf(error)}\n`);
    if (error instanceof CliFailure) return error.exitCode;
    if (error instanceof Error && error.stack !== undefined && io.env['BEARERWATCH_LOG_LEVEL'] === 'debug') {
      await print(io.stderr, `${error.stack}\n`);
    }
    return exitCodes.failed;
  }
}
