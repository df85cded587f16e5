import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { allowedAudience, allowedIssuer } from '../examples/deployment.ts';
import { once } from '../examples/streams.ts';
import { printable } from '../printable.ts';

export default violation({
  id: 'wrong-audience',
  family: 'lifecycle',
  severity: 'high',
  summary: 'A token made for another service, or by an issuer that is not trusted, is accepted.',
  attack: ['T1550.001', 'T1606'],
  owasp: ['API2:2023', 'NHI4:2025', 'NHI8:2025'],
  runbook: 'A token for somebody else opened this door: whoever runs that other service can use this one.',
  actions: [
    'Turn on the audience and issuer check at the gateway named.',
    'Add the audience here if it is right.',
    'See who else uses such tokens.',
  ],
  needs: [['tokenAudience', 'tokenIssuer'], 'status'],
  options: z.strictObject({
    audiences: z
      .array(z.string().min(1))
      .default([])
      .describe('Audiences of this deployment; a token must carry one of them. Empty: any.'),
    issuers: z.array(z.string().min(1)).default([]).describe('Issuers this deployment trusts. Empty: any.'),
  }),
  score(event, seen, { audiences, issuers }) {
    if (!seen.success || !event.tokenClaimsVerified) return undefined;
    const { tokenAudience, tokenIssuer } = event;
    if (
      audiences.length > 0 &&
      tokenAudience.length > 0 &&
      !tokenAudience.some((one) => audiences.includes(one))
    ) {
      const got = some(tokenAudience);
      return {
        observed: got,
        expected: some(audiences),
        text: `A token for ${got} was accepted; this deployment is ${some(audiences)}.`,
      };
    }
    if (issuers.length > 0 && tokenIssuer !== null && !issuers.includes(tokenIssuer)) {
      return {
        observed: printable(tokenIssuer),
        expected: some(issuers),
        text: `A token issued by ${printable(tokenIssuer)} was accepted; trusted are ${some(issuers)}.`,
      };
    }
    return undefined;
  },
  misses: [
    {
      limit: 'Everything, until the audiences or issuers of the deployment are configured.',
      name: 'tokens for another API, by an unknown issuer, and nothing is configured',
      events: () =>
        once(2, () => ({
          tokenAudience: ['https://billing.example.net'],
          tokenIssuer: 'https://evil.example.net',
        })),
      options: {},
    },
    {
      limit: 'Gateways that do not log whom a token is for.',
      name: 'a token whose audience is not logged',
      events: () => once(1, () => ({ tokenId: 't-1' })),
    },
  ],
  falsePositives: [
    {
      limit: 'A new service or issuer that nobody added to the configuration.',
      name: 'a new service that nobody configured',
      events: () => once(1, () => ({ tokenAudience: ['https://new.example.com'] })),
    },
  ],
  examples: [
    {
      name: 'a token for this API',
      events: () => once(3, () => ({ tokenAudience: [allowedAudience], tokenIssuer: allowedIssuer })),
      expect: 'silence',
    },
    {
      name: 'a token for another API',
      events: () => once(1, () => ({ tokenAudience: ['https://billing.example.net'] })),
      expect: 'finding',
    },
    {
      name: 'a token by an unknown issuer',
      events: () => once(1, () => ({ tokenIssuer: 'https://evil.example.net' })),
      expect: 'finding',
    },
    {
      name: 'a token for another API, refused',
      events: () =>
        once(1, () => ({ tokenAudience: ['https://billing.example.net'], status: 401, outcome: 'failure' })),
      expect: 'silence',
    },
  ],
});

function some(names: readonly string[]): string {
  return (
    names
      .slice(0, 3)
      .map((name) => printable(name))
      .join(', ') + (names.length > 3 ? ' …' : '')
  );
}
