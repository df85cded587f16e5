import type { Model } from '../../schemas/model.ts';
import { createRandom } from '../simulation/random.ts';
import { blindedSamples } from './blindness.ts';
import { genericPositives } from './generic.ts';
import { evidenceColumns, featureGroups, featureNames, totalColumns } from './harvest.ts';
import { exported, train } from './network.ts';
import type { Samples } from './samples.ts';

/** How samples become networks. Every training goes by one of these, so that results compare. */
export interface Recipe {
  readonly networks: number;
  readonly hidden: number;
  readonly epochs: number;
  /** Positives of no list of attacks, and what each weighs beside an attack's 1. */
  readonly genericPerWorld: number;
  readonly genericWeight: number;
  /** How often every sample is shown again as poorer logs would have shown it. */
  readonly blindedTimes: number;
  /** What a sample of a poorer log weighs beside the full one. */
  readonly blindedWeight: number;
  /** Standard deviation of what every epoch adds to inputs that are not 0: weights must not hang on less. */
  readonly noise: number;
  /**
   * Bits for every doubling of the sum of squared residuals, added to what was learnt. Training weighs the
   * benign changes of simulated worlds against each other; where a real estate has fewer of a kind, what
   * they explained away there is a sign here. It costs little where the worlds are right.
   */
  readonly floorBits: number;
}

export const fullRecipe: Recipe = {
  networks: 2,
  hidden: 128,
  epochs: 20,
  genericPerWorld: 100,
  genericWeight: 0.7,
  blindedTimes: 1,
  blindedWeight: 0.3,
  noise: 0.3,
  floorBits: 0.25,
};

/** Without a list of attacks: more positives of none, and a small file, for it is only compared with. */
export const genericRecipe: Recipe = {
  ...fullRecipe,
  networks: 1,
  hidden: 16,
  epochs: 6,
  genericPerWorld: 150,
  genericWeight: 1,
  floorBits: 0,
};

const sumOfSquares = featureNames.length;
const guards = [sumOfSquares, sumOfSquares + 1];

/** Trains on the samples, to which generic and blinded ones are added. The same seed gives the same networks. */
export function learnNetworks(
  samples: Samples,
  worlds: number,
  recipe: Recipe,
  seeds: { readonly samples: number; readonly networks: number },
  onNetwork: (network: number, loss: number) => void = () => {},
): Model['networks'] {
  genericPositives(
    samples,
    featureGroups(),
    recipe.genericPerWorld * worlds,
    recipe.genericWeight,
    createRandom(seeds.samples).stream('generic'),
  );
  blindedSamples(
    samples,
    featureNames,
    recipe.blindedTimes,
    recipe.blindedWeight,
    createRandom(seeds.samples).stream('blindness'),
  );
  // Log-odds in the training mix become evidence: 0 bits says as much for abuse as against it.
  const evenBits = Math.log2(samples.weightOf(0) / samples.weightOf(1));
  return Array.from({ length: recipe.networks }, (_, n) => {
    const draw = createRandom(seeds.networks + 7919 * (n + 1)).stream('network');
    const weights = train(samples, {
      hidden: recipe.hidden,
      epochs: recipe.epochs,
      batch: 512,
      rate: 0.004,
      weightDecay: 0.05,
      noise: recipe.noise,
      // More of what only grows is not reassuring by itself.
      neverNegative: totalColumns(),
      // Evidence as it stands, and the guards, count for more the more there is, in every company.
      monotone: [...evidenceColumns(), ...guards],
      random: () => draw.next(),
      onEpoch: (epoch, loss) => epoch === recipe.epochs - 1 && onNetwork(n, loss),
    });
    const network = exported(weights, evenBits);
    network.skip[sumOfSquares] = (network.skip[sumOfSquares] as number) + recipe.floorBits;
    return network;
  });
}
