import { z } from 'zod';

/**
 * The learned combination: one small file with its provenance.
 *
 * Inference: inputs are squash(residual) of every feature in the order of `featureNames`, then
 * squash(Σ max(0, u)²), squash(max u), and log2(1 + active hours learnt). Each network gives
 * bias + skip·x + Σ output_j · max(0, hidden_j·x + hiddenBias_j); the score in bits is their mean.
 */
export const derivedInputs = 3;

const numbers = z.array(z.number());

const network = z.strictObject({
  bias: z.number(),
  skip: numbers,
  hidden: z.strictObject({ weights: z.array(numbers), bias: numbers }),
  output: numbers,
});

export const model = z
  .strictObject({
    version: z.literal(1),
    featureNames: z.array(z.string()),
    prior: z
      .strictObject({ mean: numbers, variance: numbers })
      .describe(
        'Scaled features over credential-hours of the training worlds: the habit of an unknown credential.',
      ),
    networks: z.array(network).min(1),
    calibration: z.strictObject({
      startThresholdBits: z.number().describe('Score of about one clean credential-day in a thousand.'),
      stepBits: z.number().positive().describe('Step of the budget: how far one alert moves the threshold.'),
      coldThresholdBits: z
        .number()
        .describe(
          'Score of about one clean day in two thousand of credentials known for less than a day of use, in the first two days of a stream of logs.',
        ),
      rates: z.array(z.strictObject({ perThousand: z.number(), bits: z.number() })),
    }),
    provenance: z.strictObject({
      trainedAt: z.string(),
      command: z.string(),
      seeds: numbers,
      worlds: z.array(z.string()),
      scenarios: z.array(z.string()),
      figures: z.record(z.string(), z.number()),
    }),
  })
  .superRefine((value, context) => {
    const inputs = value.featureNames.length + derivedInputs;
    const wrong = (what: string, length: number, wanted: number) => {
      if (length !== wanted)
        context.addIssue({ code: 'custom', message: `${what} has ${length} numbers, ${wanted} needed` });
    };
    wrong('prior.mean', value.prior.mean.length, value.featureNames.length);
    wrong('prior.variance', value.prior.variance.length, value.featureNames.length);
    value.networks.forEach(({ skip, hidden, output }, n) => {
      wrong(`networks[${n}].skip`, skip.length, inputs);
      hidden.weights.forEach((weights, unit) => {
        wrong(`networks[${n}].hidden.weights[${unit}]`, weights.length, inputs);
      });
      wrong(`networks[${n}].hidden.bias`, hidden.bias.length, hidden.weights.length);
      wrong(`networks[${n}].output`, output.length, hidden.weights.length);
    });
  });

export type Model = z.output<typeof model>;
