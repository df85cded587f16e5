import type { Check } from '../check.ts';
import { dormant } from './dormant.ts';
import { neverRotated } from './never-rotated.ts';
import { outlyingLifetime } from './outlying-lifetime.ts';
import { overAge } from './over-age.ts';
import { secretsInUrls } from './secrets-in-urls.ts';
import { severalEnvironments } from './several-environments.ts';
import { shared } from './shared.ts';
import { unusedScopes } from './unused-scopes.ts';
import { weakToken } from './weak-token.ts';

/** Every check of the posture report, in the order of its pages. */
export const checks: readonly Check[] = [
  weakToken,
  secretsInUrls,
  overAge,
  neverRotated,
  outlyingLifetime,
  unusedScopes,
  dormant,
  severalEnvironments,
  shared,
];
