import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { once } from '../examples/streams.ts';
import { printable } from '../printable.ts';

export default violation({
  id: 'secret-in-url',
  family: 'lifecycle',
  severity: 'medium',
  summary: 'A live secret is sent in the URL, where every log, proxy and browser history keeps it.',
  attack: ['T1552', 'T1528'],
  owasp: ['API8:2023', 'NHI2:2025'],
  runbook: 'Not an attack yet: the secret is in every log on the way. Move it to a header, then rotate it.',
  actions: [
    'Ask the owner to send it in a header.',
    'Rotate the credential afterwards.',
    'Refuse secrets in the query at the gateway.',
  ],
  needs: ['path'],
  options: z.strictObject({}),
  score(event, seen) {
    if (event.secretQueryKeys.length === 0 || seen.denied) return undefined;
    const names = event.secretQueryKeys
      .slice(0, 3)
      .map((name) => printable(name, 40))
      .join(', ');
    return {
      observed: `parameter ${names}`,
      expected: 'secrets in headers only',
      text: `A secret was sent in the URL, in the parameter ${names}.`,
    };
  },
  misses: [
    {
      limit: 'Secrets in parameters that do not look like one by name or form.',
      name: 'a parameter with a harmless name',
      events: () => once(1, () => ({ queryKeys: ['q'] })),
    },
    {
      limit: 'Secrets in request bodies.',
      name: 'a login with the secret in its body',
      events: () => once(1, () => ({ method: 'POST', path: '/login', route: 'POST /login' })),
    },
  ],
  falsePositives: [
    {
      limit: 'A one-time link (password reset, download) that is meant to carry a token.',
      name: 'a download link that is meant to carry its token',
      events: () => once(1, () => ({ secretQueryKeys: ['signature'] })),
    },
  ],
  examples: [
    {
      name: 'the key is in a header',
      events: () => once(4, () => ({ queryKeys: ['page', 'sort'] })),
      expect: 'silence',
    },
    {
      name: 'the key is in the query',
      events: () => once(4, () => ({ queryKeys: ['api_key', 'page'], secretQueryKeys: ['api_key'] })),
      expect: 'finding',
    },
    {
      name: 'a refused guess is not a live secret',
      events: () => once(1, () => ({ secretQueryKeys: ['api_key'], status: 401, outcome: 'failure' })),
      expect: 'silence',
    },
  ],
});
