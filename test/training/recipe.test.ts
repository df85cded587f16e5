import { describe, expect, it } from 'vitest';
import { derivedInputs } from '../../schemas/model.ts';
import { featureNames } from '../../src/training/harvest.ts';
import { fullRecipe, learnNetworks } from '../../src/training/recipe.ts';
import { Samples } from '../../src/training/samples.ts';

const width = featureNames.length + derivedInputs;

/** Twenty quiet hours, and twenty with more of everything that somebody attacked. */
function hours(): Samples {
  const samples = new Samples(width);
  for (let n = 0; n < 40; n += 1) samples.add(new Array<number>(width).fill(n / 10), n < 20 ? 0 : 1, 1);
  return samples;
}

describe('learnNetworks', () => {
  it('gives the same networks for the same samples and seeds, of the asked width', () => {
    const recipe = {
      networks: 2,
      hidden: 3,
      epochs: 1,
      genericPerWorld: 5,
      genericWeight: 1,
      blindedTimes: 1,
      blindedWeight: 1,
      noise: 0.3,
      floorBits: 0,
    };
    const learn = () => learnNetworks(hours(), 2, recipe, { samples: 1, networks: 2 });
    const networks = learn();
    expect(networks.map(({ skip, output }) => [skip.length, output.length])).toEqual([
      [width, 3],
      [width, 3],
    ]);
    expect(networks[0]).not.toEqual(networks[1]);
    expect(learn()).toEqual(networks);
  });

  it('counts the sum of squares for so many bits more than was learnt', () => {
    const recipe = { ...fullRecipe, networks: 1, hidden: 2, epochs: 1, genericPerWorld: 5 };
    const skipWith = (floorBits: number) =>
      learnNetworks(hours(), 1, { ...recipe, floorBits }, { samples: 1, networks: 2 })[0]?.skip ?? [];
    const learnt = skipWith(0);
    const raised = skipWith(0.5).map((weight, input) => weight - (learnt[input] as number));
    expect(raised.map((bits) => Number(bits.toFixed(9)))).toEqual(
      learnt.map((_, input) => (input === featureNames.length ? 0.5 : 0)),
    );
  });
});
