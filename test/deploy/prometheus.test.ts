import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { severities } from '../../schemas/alert.ts';
import { metricReference } from '../../src/server/metric-table.ts';
import { describeWith, runProgram } from '../support/real-program.ts';

const prometheus = 'deploy/prometheus';
const alertmanagerFile = 'deploy/alertmanager/alertmanager.yml';

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly record?: string;
      readonly expr: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

const rules = readdirSync(join(prometheus, 'rules')).flatMap((file) =>
  (parse(readFileSync(join(prometheus, 'rules', file), 'utf8')) as RuleFile).groups.flatMap(
    (group) => group.rules,
  ),
);
const alertRules = rules.filter((rule) => rule.alert !== undefined);

describeWith(['promtool', 'amtool'], 'deploy/', () => {
  it('has a Prometheus configuration with rules that promtool accepts', () => {
    const output = runProgram('promtool', ['check', 'config', join(prometheus, 'prometheus.yml')]);
    expect(output).toContain('2 rule files found');
    expect(output).toContain(`${alertRules.length} rules found`);
  });

  it('has rule tests that promtool finds fulfilled', () => {
    const folder = join(prometheus, 'tests');
    const files = readdirSync(folder).map((file) => join(folder, file));
    expect(runProgram('promtool', ['test', 'rules', ...files]).match(/SUCCESS/g)).toHaveLength(files.length);
    const tested = files.map((file) => readFileSync(file, 'utf8')).join('\n');
    for (const { alert } of alertRules) expect(tested).toContain(`alertname: ${alert}`);
  });

  it('has rules over metrics that exist, with annotations that lead to a section', () => {
    const known = new Set(metricReference().map(({ name }) => name));
    const recorded = new Set(rules.flatMap(({ record }) => (record === undefined ? [] : [record])));
    const headings = new Set(
      [...readFileSync('docs/operations.md', 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
        title?.toLowerCase().replaceAll(' ', '-'),
      ),
    );
    for (const { expr, alert, labels, annotations } of rules) {
      const names = expr.match(/[a-z_]*:?bearerwatch_[a-z_]+(?::[a-z0-9_]+)?/g) ?? [];
      for (const name of names) {
        const raw = name.replace(/_(bucket|sum|count)$/, '');
        expect(known.has(raw) || recorded.has(name), `${name} in ${alert ?? 'a recording rule'}`).toBe(true);
      }
      if (alert === undefined) continue;
      expect(severities, alert).toContain(labels?.['severity']);
      expect([...headings], alert).toContain(annotations?.['runbook']?.split('#')[1]);
    }
  });

  it('routes by severity, and what is simulated to a place of its own', () => {
    runProgram('amtool', ['check-config', alertmanagerFile]);
    const route = (...labels: string[]) =>
      runProgram('amtool', ['config', 'routes', 'test', '--config.file', alertmanagerFile, ...labels])
        .split('\n')[0]
        ?.trim();
    expect(route('severity=critical', 'simulated=false', 'family=replay')).toBe('pager');
    expect(route('severity=high', 'simulated=false', 'owner=team-a')).toBe('pager');
    expect(route('severity=medium', 'simulated=false')).toBe('daytime');
    expect(route('severity=low')).toBe('daytime');
    expect(route('severity=critical', 'simulated=true')).toBe('simulated');
  });
});
