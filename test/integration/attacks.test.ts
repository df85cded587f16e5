import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadOrCreateKeys } from '../../src/decode/deployment-key.ts';
import { describeWith } from '../support/real-program.ts';
import { type Alertmanager, startAlertmanager } from './harness/alertmanager.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { type PlantedAttacks, plantedAttacks } from './harness/planted-attacks.ts';
import { type Prometheus, startPrometheus } from './harness/prometheus.ts';
import { type Service, startService } from './harness/service.ts';
import { type StoredAlert, storedAlerts } from './harness/stored.ts';

const liveMs = 8 * 60_000;
const alertsPerDay = 1;
const quietDays = 21;
/** At least one of each family; found by the program as it is, with nothing tuned to this input. */
const surelyFound = [
  'stolen-key-new-network',
  'secret-in-url',
  'fast-scrape',
  'permission-probing',
  'expired-accepted',
  'token-replay',
];

const waitFor = { timeout: 60_000, interval: 500 };

describeWith(
  ['prometheus', 'prometheus-alertmanager', ...kafkaProgram.needed],
  'run, on 200,000 lines of four gateways in Kafka with attacks among them',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-attacks-'));
    let broker: Broker;
    let planted: PlantedAttacks;
    let alertmanager: Alertmanager;
    let prometheus: Prometheus;
    let service: Service;
    let stored: StoredAlert[];

    beforeAll(async () => {
      mkdirSync(join(folder, 'state'), { mode: 0o700 });
      const { key } = loadOrCreateKeys(join(folder, 'state'));
      planted = plantedAttacks(7, Date.now(), liveMs, key);
      broker = await kafkaBroker();
      await broker.start();
      await broker.createTopic('gateway-access');
      alertmanager = await startAlertmanager(join(folder, 'alertmanager'));
      service = await startService({
        folder,
        config: {
          source: { kafka: { brokers: [broker.address], topics: ['gateway-access'], from: 'earliest' } },
          alerts: { perDay: alertsPerDay },
          stdout: { format: 'json' },
          alertmanager: { urls: [alertmanager.url], resendIntervalMs: 5000 },
          checkpoint: { everyMs: 1000 },
        },
      });
      await service.ready();
      prometheus = await startPrometheus(join(folder, 'prometheus'), {
        bearerwatch: new URL(service.url).host,
        alertmanager: new URL(alertmanager.url).host,
      });
      const kafka = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING });
      const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
      await producer.connect();
      for (let start = 0; start < planted.lines.length; start += 300) {
        const messages = planted.lines.slice(start, start + 300).map((value) => ({ value }));
        await producer.send({ topic: 'gateway-access', messages });
      }
      await producer.disconnect();
      await vi.waitFor(
        async () => expect(await service.metric('bearerwatch_records_total')).toBe(planted.lines.length),
        waitFor,
      );
    }, 240_000);

    afterAll(async () => {
      await service.stop();
      await prometheus.stop();
      await alertmanager.stop();
      await broker.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    it('reads every line, in the formats of four gateways', async () => {
      expect(planted.lines.length).toBeGreaterThan(200_000);
      for (const format of ['envoy', 'kong', 'nginx', 'cloudtrail'])
        expect(await service.metric('bearerwatch_events_total', { format })).toBeGreaterThan(10_000);
      expect(await service.metric('bearerwatch_decode_failures_total')).toBe(0);
    });

    it('shows the same incidents in /metrics and, by query, in Prometheus', async () => {
      const counted = await service.metric('bearerwatch_incidents_total', { simulated: 'false' });
      expect(counted).toBeGreaterThanOrEqual(surelyFound.length);
      await vi.waitFor(async () => {
        const [sum] = await prometheus.query('sum(bearerwatch_incidents_total{simulated="false"})');
        expect(sum?.value).toBe(counted);
      }, waitFor);
      for (const family of ['replay', 'scraping', 'out-of-pattern', 'lifecycle']) {
        const [sum] = await prometheus.query(`sum(bearerwatch_incidents_total{family="${family}"})`);
        expect(sum?.value ?? 0, family).toBe(await service.metric('bearerwatch_incidents_total', { family }));
      }
      const credentialLike = (await service.metrics())
        .split('\n')
        .filter((line) => /hmac|[0-9]{1,3}(\.[0-9]{1,3}){3}/.test(line));
      expect(credentialLike).toEqual([]);
    });

    it('makes the rules of deploy/prometheus fire, and none about the service itself', async () => {
      await vi.waitFor(async () => {
        const firing = await prometheus.alerts();
        expect(firing.map(({ name }) => name)).toContain('BearerwatchIncidentsHigh');
      }, waitFor);
      const aboutService = (await prometheus.alerts()).filter(
        ({ name, state }) => state === 'firing' && !name.startsWith('BearerwatchIncidents'),
      );
      expect(aboutService).toEqual([]);
    });

    it('has the alert of every planted attack in ClickHouse once, and at the webhook behind Alertmanager', async () => {
      const answer = await fetch(`${service.url}/api/v1/alerts?limit=1000`);
      const { alerts } = (await answer.json()) as {
        alerts: { id: string; credential: { id: string }; lastEventMs: number }[];
      };
      const live = alerts.filter(({ lastEventMs }) => lastEventMs >= planted.attacksFromMs);
      for (const scenario of surelyFound) {
        const targets = [...planted.attacked].filter(([, attack]) => attack === scenario).map(([id]) => id);
        expect(targets.length, scenario).toBeGreaterThan(0);
        const found = live.filter(({ credential }) => targets.includes(credential.id));
        expect(
          found.length,
          `${scenario} on ${targets.join(', ')}; alerts now: ${live.map(({ credential }) => credential.id).join(', ')}`,
        ).toBeGreaterThan(0);
        await vi.waitFor(() => {
          const told = new Set(alertmanager.told().map(({ labels }) => labels['incident']));
          for (const { id } of found) expect(told).toContain(id);
        }, waitFor);
      }
      // Severity decides who is told, as deploy/alertmanager says.
      for (const { receiver, labels } of alertmanager.told())
        expect(receiver).toBe(['critical', 'high'].includes(labels['severity'] ?? '') ? 'pager' : 'daytime');
    });

    it('gives no alert for a credential that did nothing, and stops cleanly', async () => {
      const incidents = await service.metric('bearerwatch_incidents_total');
      const printed = new Set(
        service
          .stdout()
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => (JSON.parse(line) as { id: string }).id),
      );
      expect(await service.stop()).toBe(0);
      stored = await storedAlerts(folder);
      expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
      expect(stored.length).toBe(incidents);
      expect(stored.map(({ id }) => id).toSorted()).toEqual([...printed].toSorted());
      const atMs = ({ last_event_at: at }: StoredAlert) => Date.parse(`${String(at).replace(' ', 'T')}Z`);
      const unjust = stored.filter(({ credential_id: id }) => planted.innocent.has(id));
      const unjustNow = unjust.filter((alert) => atMs(alert) >= planted.attacksFromMs);
      expect(unjustNow.map(({ title, credential_name: name }) => `${name}: ${title}`)).toEqual([]);
      // In the quiet weeks a behavioural alert is a false one; as many as were asked for are allowed.
      expect(unjust.length).toBeLessThanOrEqual(alertsPerDay * quietDays);
    });
  },
);
