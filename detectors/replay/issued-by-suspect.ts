import { z } from 'zod';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { violation } from '../../src/engine/detector.ts';
import { call, startMs } from '../examples/streams.ts';
import { printable } from '../printable.ts';
import instanceCredentialElsewhere from './instance-credential-elsewhere.ts';

const minuteMs = 60_000;
const sessionKey = 'ASIAEXAMPLE';

/** An instance's credential takes on a role; used from outside its cloud it is stolen. */
function takesOnRole(timeMs: number, isStolen: boolean): UsageEvent {
  return call(timeMs, {
    credentialId: 'arn:aws:iam::123456789012:role/web/i-0a1b2c3d4e5f60718',
    credentialType: 'cloud_access_key',
    route: 'sts.amazonaws.com:AssumeRole',
    clientAddress: isStolen ? '203.0.113.4' : '3.80.12.9',
    clientAsn: isStolen ? 64_999 : 14_618,
    issuedIds: [sessionKey],
  });
}

function usesSession(timeMs: number): UsageEvent {
  return call(timeMs, {
    credentialId: 'arn:aws:iam::123456789012:role/export/session-1',
    credentialType: 'cloud_access_key',
    tokenId: sessionKey,
    route: 's3.amazonaws.com:GetObject',
  });
}

export default violation({
  id: 'issued-by-suspect',
  family: 'replay',
  severity: 'high',
  summary: 'A key or session is used that a credential under suspicion has issued.',
  attack: ['T1098.001', 'T1550.001', 'T1078.004'],
  owasp: ['NHI7:2025', 'API2:2023'],
  runbook:
    'Read the alert of the credential that issued it first: if that one was stolen, so was this, and it goes on working when that one is revoked.',
  actions: [
    'Revoke the issuer before what it issued, or it will issue more.',
    'Revoke the sessions of the role, and delete the keys and users made since the theft.',
    'Look at what this one did, and whether it issued others in turn.',
  ],
  needs: ['credentialId'],
  seldom: ['issuedIds'],
  options: z.strictObject({}),
  score(_event, { suspectIssuer, success }) {
    if (suspectIssuer === '') return undefined;
    const issuer = printable(suspectIssuer);
    return {
      observed: `issued by ${issuer}`,
      expected: 'an issuer that nothing is held against',
      text: `It was issued by ${issuer}, against which evidence stands, and was ${success ? 'used' : 'tried'}.`,
    };
  },
  misses: [
    {
      limit: 'The calls that the log tells before it tells of the issue.',
      name: 'used before its issue is told',
      credentialId: usesSession(0).credentialId,
      events: () => [
        { ...takesOnRole(startMs, true), issuedIds: [] },
        usesSession(startMs + minuteMs),
        takesOnRole(startMs + minuteMs - 1, true),
      ],
      beside: [instanceCredentialElsewhere],
    },
    {
      limit: 'What was issued more than an hour before the first evidence against the issuer.',
      name: 'issued the day before its issuer was found out',
      events: () =>
        [
          takesOnRole(startMs, false),
          takesOnRole(startMs + 24 * 60 * minuteMs, true),
          usesSession(startMs + 25 * 60 * minuteMs),
        ].map((event, n) => (n === 1 ? { ...event, issuedIds: [] } : event)),
      beside: [instanceCredentialElsewhere],
    },
  ],
  falsePositives: [
    {
      limit: 'Sessions of an issuer whose own alert was a false alarm.',
      name: "instances behind the office's network take on a role",
      events: () => [
        { ...takesOnRole(startMs, true), clientAddress: '198.51.100.1', clientAsn: 64_500 },
        usesSession(startMs + minuteMs),
      ],
      beside: [instanceCredentialElsewhere],
    },
  ],
  examples: [
    {
      name: 'a session of an honest issuer',
      events: () => [takesOnRole(startMs, false), usesSession(startMs + minuteMs)],
      expect: 'silence',
      beside: [instanceCredentialElsewhere],
    },
    {
      name: 'a session of a stolen credential',
      events: () => [takesOnRole(startMs, true), usesSession(startMs + minuteMs)],
      expect: 'finding',
      beside: [instanceCredentialElsewhere],
    },
    {
      name: 'a session made minutes before the theft was seen',
      events: () => [
        takesOnRole(startMs, false),
        { ...takesOnRole(startMs + 10 * minuteMs, true), issuedIds: [] },
        usesSession(startMs + 20 * minuteMs),
      ],
      expect: 'finding',
      beside: [instanceCredentialElsewhere],
    },
  ],
});
