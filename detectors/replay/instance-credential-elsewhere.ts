import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { isInstanceSession } from '../../src/engine/instance-session.ts';
import { call } from '../examples/streams.ts';
import { printable } from '../printable.ts';

/** Autonomous systems of Amazon's cloud: an instance talks from there, or from a private address. */
const cloudSystems = new Set([7224, 8987, 9059, 10124, 14618, 16509, 17493, 38895, 39111, 58588, 135630]);
const desktops = ['Darwin', 'darwin', 'Macintosh', 'macos', 'Windows NT', 'os/windows', 'Windows/'];

const startMs = Date.UTC(2026, 0, 5, 9);
const instance = {
  credentialId: 'arn:aws:iam::123456789012:role/web/i-0a1b2c3d4e5f60718',
  credentialType: 'cloud_access_key',
  route: 's3.amazonaws.com:GetObject',
  userAgent: 'aws-sdk-go/1.44 (go1.21; linux; amd64)',
  clientAddress: '3.80.12.9',
  clientAsn: 14618,
  clientCountry: 'US',
} as const;

export default violation({
  id: 'instance-credential-elsewhere',
  family: 'replay',
  severity: 'high',
  summary: "A cloud instance's own credential is used from outside the instance.",
  attack: ['T1552.005', 'T1550.001', 'T1078.004'],
  owasp: ['NHI2:2025', 'NHI7:2025', 'API2:2023'],
  runbook:
    'Instance credentials cannot leave by themselves: take the machine as broken into until shown otherwise.',
  actions: [
    "Revoke the role's sessions issued before now.",
    'Look at what the sessions read and created since the first event shown.',
    'Require session-bound metadata (IMDSv2) on the instance and rebuild it.',
  ],
  needs: ['credentialId', ['clientAddress', 'userAgent']],
  options: z.strictObject({
    ownSystems: z
      .array(z.int().positive())
      .default([])
      .describe('Autonomous systems through which instances may also leave, e.g. that of the office.'),
  }),
  score(event, seen, { ownSystems }) {
    if (!isInstanceSession(event.credentialId)) return undefined;
    const { clientAsn, userAgent } = event;
    const from = event.clientAddress ?? 'an unknown address';
    if (clientAsn !== null && !cloudSystems.has(clientAsn) && !ownSystems.includes(clientAsn)) {
      return {
        observed: `${from} (AS${clientAsn})`,
        expected: "an address of the instance's cloud",
        text: `The credential of an instance was used from ${from}, AS${clientAsn} ${printable(event.clientAsName ?? '')}, outside the cloud`,
      };
    }
    if (userAgent !== null && desktops.some((desktop) => userAgent.includes(desktop))) {
      return {
        observed: printable(userAgent),
        expected: 'a client that runs on a server',
        text: `The credential of an instance was used by a program on somebody's own computer: ${printable(userAgent)}`,
      };
    }
    if (!seen.addressOfPerson) return undefined;
    return {
      observed: from,
      expected: 'an address of its own',
      text: `The credential of an instance was used from ${from}, where a person's or another key was at work before`,
    };
  },
  misses: [
    {
      limit: 'A thief who uses the credential from another machine of the same cloud.',
      name: 'from another machine of the same cloud',
      events: () => [
        call(startMs, instance),
        call(startMs + 60_000, { ...instance, clientAddress: '52.10.1.1', clientAsn: 16_509 }),
      ],
    },
  ],
  falsePositives: [
    {
      limit: 'Instances whose traffic leaves through the network of another provider or of the office.',
      name: "instances behind the office's network",
      events: () => [call(startMs, { ...instance, clientAddress: '198.51.100.1', clientAsn: 64_500 })],
    },
  ],
  examples: [
    {
      name: 'the instance itself',
      events: () => Array.from({ length: 30 }, (_, n) => call(startMs + n * 60_000, instance)),
      expect: 'silence',
    },
    {
      name: 'from a provider outside the cloud',
      events: () => [
        call(startMs, instance),
        call(startMs + 60_000, { ...instance, clientAddress: '203.0.113.4', clientAsn: 64_999 }),
      ],
      expect: 'finding',
    },
    {
      name: 'from a laptop',
      events: () => [
        call(startMs, {
          ...instance,
          userAgent: 'aws-cli/1.18.136 Python/3.8.5 Darwin/19.5.0',
          clientAsn: null,
        }),
      ],
      expect: 'finding',
    },
    {
      name: "from the address of somebody's access key",
      events: () => [
        call(startMs, {
          ...instance,
          credentialId: 'AKIAEXAMPLE',
          clientAddress: '192.168.10.20',
          clientAsn: null,
        }),
        call(startMs + 60_000, { ...instance, clientAddress: '192.168.10.20', clientAsn: null }),
      ],
      expect: 'finding',
    },
  ],
});
