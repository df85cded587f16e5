import { type Check, finding, fine, untold } from '../check.ts';

export const secretsInUrls: Check = {
  id: 'secrets-in-urls',
  summary: 'Its secrets are sent in the URL, where every log, proxy and browser history keeps them.',
  owasp: ['NHI2:2025'],
  misses:
    'Parameters that do not look like a secret by name or form, paths and bodies. A one-time link that is meant to carry a token is found too.',
  action: 'Send it in a header, then rotate it: what was in a URL is in other people’s logs.',
  judge({ secretUses, secretParameters, uses, hasPath }) {
    if (secretUses === 0) return hasPath ? fine : untold('the log does not tell the path of its calls');
    return finding(
      'high',
      `${secretUses} of ${uses} calls, in ${[...secretParameters].sort().join(', ')}`,
      'secrets in headers only',
    );
  },
};
