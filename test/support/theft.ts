import { burst } from '../../detectors/examples/streams.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';

/** Five days of habit, then a thief from elsewhere takes many objects the credential never touched; `change` alters the n-th of them. */
export function theft(change: (n: number) => Partial<UsageEvent> = () => ({})): UsageEvent[] {
  return [
    ...burst({
      days: 5,
      perHour: 12,
      requests: 120,
      overMinutes: 20,
      fields: (n) => ({
        clientAddress: '203.0.113.9',
        clientAsn: 64_999,
        clientCountry: 'BR',
        userAgent: 'curl/8.5',
        path: `/orders/${50_000 + n}`,
        objectId: `${50_000 + n}`,
        objectNumber: 50_000 + n,
        ...change(n),
      }),
    }),
  ];
}
