import { z } from 'zod';

export const stateConfig = z.strictObject({
  dir: z
    .string()
    .min(1)
    .default('.bearerwatch')
    .describe(
      'Folder of everything learnt, the embedded database and the generated keys; created with mode 0700. One process at a time may use it.',
    ),
});

export const checkpointConfig = z.strictObject({
  everyMs: z
    .number()
    .int()
    .min(100)
    .default(5000)
    .describe(
      'Milliseconds between checkpoints. Source positions are acknowledged with the checkpoint, so this is also how much is judged again after a crash.',
    ),
  everyRecords: z
    .number()
    .int()
    .min(1)
    .default(500_000)
    .describe('Records after which a checkpoint is taken even when it is not yet due.'),
});

export const shutdownConfig = z.strictObject({
  deadlineMs: z
    .number()
    .int()
    .min(0)
    .default(25_000)
    .describe('Milliseconds given to deliver and save what is in hand before the process gives up.'),
});
export type CheckpointConfig = z.output<typeof checkpointConfig>;
