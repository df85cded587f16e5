import type { Command } from 'commander';
import { checkConfigCommand } from './check-config.ts';
import { connectLogsCommand } from './connect-logs.ts';
import { decodeCommand } from './decode.ts';
import { demoCommand } from './demo.ts';
import { evaluateCommand } from './evaluate.ts';
import { explainCommand } from './explain.ts';
import type { Io } from './io.ts';
import { postureCommand } from './posture.ts';
import { proposeCommand } from './propose.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';

/** Every command, in the order of the help. A new one is a file and a line here. */
export const commands: readonly ((io: Io) => Command)[] = [
  runCommand,
  demoCommand,
  connectLogsCommand,
  decodeCommand,
  replayCommand,
  proposeCommand,
  postureCommand,
  evaluateCommand,
  checkConfigCommand,
  explainCommand,
];
