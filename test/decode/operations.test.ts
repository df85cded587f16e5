import { describe, expect, it } from 'vitest';
import { decoder, envoyLine, ingestTimeMs, nginxLine, one } from './decoding.ts';

const otel = {
  '@timestamp': '2026-01-05T10:00:00.250Z',
  'http.request.method': 'POST',
  'http.response.status_code': 200,
  'url.path': '/graphql',
  'client.address': '203.0.113.9',
};
const home = { timestamp: 1767607200, method: 'POST', path: '/api/graphql', status: 200, ip: '203.0.113.9' };

describe('a GraphQL operation that is logged tells its calls apart from others of the same path', () => {
  it.each([
    ['in the query', { ...envoyLine, path: '/graphql?operationName=GetOrder' }, 'GET /graphql GetOrder'],
    [
      'in the query, with the path below',
      { ...envoyLine, path: '/v1/gql/?operationName=GetOrder' },
      'GET /v1/gql GetOrder',
    ],
    ['Envoy', { ...envoyLine, path: '/graphql', graphql_operation: 'GetOrder' }, 'GET /graphql GetOrder'],
    ['NGINX', { ...nginxLine, path: '/graphql', arg_operationName: 'GetOrder' }, 'GET /graphql GetOrder'],
    ['OpenTelemetry', { ...otel, 'graphql.operation.name': 'GetOrder' }, 'POST /graphql GetOrder'],
    [
      'OpenTelemetry with a route',
      { ...otel, 'http.route': '/graphql', 'graphql.operation.name': 'GetOrder' },
      'POST /graphql GetOrder',
    ],
    ['home-made', { ...home, graphql: { operationName: 'GetOrder' } }, 'POST /api/graphql GetOrder'],
  ])('%s', (_name, line, route) => {
    expect(one(line).route).toBe(route);
  });

  it.each([
    [
      'a path that answers no GraphQL',
      { ...envoyLine, path: '/orders?operationName=GetOrder' },
      'GET /orders',
    ],
    ['no name of the language', { ...otel, 'graphql.operation.name': 'a b' }, 'POST /graphql'],
    ['a name of no end', { ...otel, 'graphql.operation.name': 'a'.repeat(65) }, 'POST /graphql'],
    ['a digit first', { ...otel, 'graphql.operation.name': '1a' }, 'POST /graphql'],
    ['nothing', { ...otel, 'graphql.operation.name': '' }, 'POST /graphql'],
  ])('counts for nothing: %s', (_name, line, route) => {
    expect(one(line).route).toBe(route);
  });

  it('names that callers make up do not grow the routes beyond their bound', () => {
    const by = decoder();
    const routes = new Set<string | null>();
    for (let n = 0; n < 5_000; n += 1) {
      const value = Buffer.from(JSON.stringify({ ...otel, 'graphql.operation.name': `op${n}` }));
      const { events } = by.decode({ value, at: { kind: 'stdin', line: n }, ingestTimeMs, partition: 'p' });
      routes.add(events[0]?.route ?? null);
    }
    expect(routes.size).toBe(201);
    expect(routes).toContain('POST /graphql {var}');
  });
});
