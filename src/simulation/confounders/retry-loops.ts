import { inside, paced, usual } from '../attacks/kit.ts';
import { logUniform, pick } from '../distributions.ts';
import { anyOwnObject } from '../objects.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, nowAndThen } from './confounder.ts';

export const retryLoops: Confounder = {
  id: 'retry-loop',
  description: 'A program sends the same bad request again and again until somebody stops it.',
  plan(fleet, random) {
    const does = () => true;
    return nowAndThen(fleet, random, { name: 'loop', everyDays: 250, does }, (own, credential, startMs) => {
      const operation = usual(credential, own);
      const object = operation.shape === 'item' ? anyOwnObject(credential, own, startMs - fleet.startMs) : -1;
      const status = pick(own, [400, 400, 401, 403, 404, 409, 422, 429, 429]);
      return {
        target: credential,
        times: paced(own, startMs, logUniform(own, 100, 20_000), Math.round(logUniform(own, 15, 1_500))),
        make: (timeMs) => plainCall(own, inside(credential, timeMs, own), operation, object, -1, status, 1),
      };
    });
  },
};
