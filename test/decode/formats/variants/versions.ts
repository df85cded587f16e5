import { atMs, hash, ip, named, nobody, orders, secondMs, type Variant } from './variant.ts';

/** What older and newer versions write, and the names of other examples in the documentation. */
const kgateway = {
  authority: 'api',
  backendCluster: 'kube_orders_orders_8000',
  backendHost: '10.0.0.1:80',
  bytes_received: 3,
  bytes_sent: 153,
  method: 'GET',
  path: '/orders/7',
  req_x_forwarded_for: ip,
  request_id: 'r-1',
  resp_backend_service_time: '14',
  response_code: 200,
  response_flags: '-',
  start_time: '2026-01-05T10:00:00.250Z',
  total_duration: 15,
  user_agent: 'curl/8',
};
const time = '[2026-01-05T10:00:00.250Z]';
const clf = (head: string, status = '200') =>
  `${head} [05/Jan/2026:10:00:00 +0000] "GET /orders/7 HTTP/1.1" ${status} 153 "-" "curl/8"`;
const kong = {
  request: { uri: '/orders/7', method: 'GET', headers: {}, size: '3' },
  response: { status: 200, size: '153', headers: {} },
  latencies: { kong: 1, proxy: 14, request: 15 },
  client_ip: ip,
  started_at: atMs,
};
const apim = {
  TimeGenerated: '2026-01-05T10:00:00.250Z',
  Method: 'GET',
  Url: 'https://api/orders/7',
  ResponseCode: 200,
  TotalTime: 15,
  CallerIpAddress: ip,
  CorrelationId: 'c-1',
  ApimSubscriptionId: 's-1',
  ApiId: 'orders',
  OperationId: 'get',
};
const apimEvent = { timestampMs: atMs, ...orders, route: 'orders:get', ...named('s-1', 'subscription') };
const tykElastic = {
  '@timestamp': '2026-01-05T10:00:00.265Z',
  http_method: 'GET',
  request_uri: '/orders/{id}',
  request_uri_full: '/orders/7',
  response_code: 200,
  ip_address: ip,
  api_key: 'k-1',
  api_id: 'a-1',
  org_id: 'o-1',
  request_time_ms: 15,
};
const litellm = {
  id: 'c-1',
  call_type: 'acompletion',
  status: 'success',
  startTime: '2026-01-05 10:00:00.250000',
  endTime: '2026-01-05 10:00:00.265000',
  model: 'm-1',
  prompt_tokens: 1,
  completion_tokens: 2,
  metadata: { user_api_key_hash: hash },
};
const cloudtrail = {
  eventVersion: '1.11',
  eventTime: '2026-01-05T10:00:00Z',
  eventSource: 'sso.amazonaws.com',
  eventName: 'ListApplications',
  sourceIPAddress: ip,
  eventID: 'e-1',
};
const caddy = {
  ts: 1767607200.5,
  logger: 'http.log.access',
  request: { remote_addr: `${ip}:5000`, method: 'GET', host: 'api', uri: '/orders/7' },
  duration: 0.25,
  status: 200,
};

const proxies: readonly Variant[] = [
  {
    format: 'envoy',
    variant: 'kgateway JSON',
    line: kgateway,
    event: {
      timestampMs: atMs,
      ...orders,
      durationMs: 15,
      upstreamDurationMs: 14,
      upstreamName: 'kube_orders_orders_8000',
      ...nobody(ip),
    },
  },
  {
    format: 'envoy',
    variant: 'JSON in camel case',
    line: {
      method: 'GET',
      path: '/orders/7',
      responseCode: '200',
      responseFlags: '-',
      clientDuration: '15',
      targetDuration: '14',
      startTime: '2026-01-05T10:00:00.250Z',
      downstreamRemoteAddress: `${ip}:5000`,
    },
    event: { timestampMs: atMs, ...orders, durationMs: 15, upstreamDurationMs: 14, ...nobody(ip) },
  },
  {
    format: 'envoy',
    variant: 'JSON of names of one’s own beside the flags',
    line: {
      timestamp: '2026-01-05T10:00:00.250Z',
      source_ip: `${ip}:5000`,
      request_method: 'GET',
      request_path: '/orders/7',
      response_code: '200',
      response_flags: '-',
      duration_ms: '15',
      credential_id: 'k-1',
    },
    event: { timestampMs: atMs, ...orders, durationMs: 15, clientAddress: ip, ...named('k-1', 'api_key') },
  },
  {
    format: 'envoy',
    variant: 'workload of a mesh',
    line: { ...kgateway, downstream_peer_uri_san: 'spiffe://mesh/ns/a/sa/b' },
    event: named('spiffe://mesh/ns/a/sa/b', 'mtls_cert'),
  },
  {
    format: 'envoy',
    variant: 'connection without a request',
    line: { ...kgateway, method: null, path: null, response_code: 0 },
    event: null,
  },
  {
    format: 'envoy-text',
    variant: 'Istio text before 1.9',
    line: `${time} "GET /orders/7 HTTP/1.1" 200 - "-" "-" 3 153 15 14 "-" "curl/8" "r-1" "api" "10.0.0.1:80" inbound|80|http|x - 10.0.0.1:80 ${ip}:5000 - default`,
    event: {
      timestampMs: atMs,
      ...orders,
      requestBytes: 3,
      responseBytes: 153,
      durationMs: 15,
      userAgent: 'curl/8',
      ...nobody(ip),
    },
  },
  {
    format: 'envoy-text',
    variant: 'Emissary text',
    line: `ACCESS ${time} "GET /orders/7 HTTP/1.1" 200 - 3 153 15 14 "${ip}" "curl/8" "r-1" "api" "10.0.0.1:80"`,
    event: { timestampMs: atMs, ...orders, durationMs: 15, ...nobody(ip) },
  },
  {
    format: 'envoy-text',
    variant: 'connection without a request',
    line: `${time} "- - -" 0 UF,URX 87 254 4 - "-" "-" "-" "-" "10.0.0.1:80"`,
    event: null,
  },
  {
    format: 'nginx',
    variant: 'JSON of ingress-nginx',
    line: {
      time: '2026-01-05T10:00:00+00:00',
      remote_addr: ip,
      x_forwarded_for: ip,
      request_id: 'r-1',
      bytes_sent: 153,
      request_time: 0.25,
      status: 200,
      vhost: 'api',
      path: '/orders/7',
      request_query: 'page=2',
      request_length: 3,
      method: 'GET',
      http_user_agent: 'curl/8',
    },
    event: {
      timestampMs: secondMs - 250,
      ...orders,
      pageNumber: 2,
      durationMs: 250,
      requestBytes: 3,
      host: 'api',
      ...nobody(ip),
    },
  },
  {
    format: 'nginx-combined',
    variant: 'ingress-nginx with the address in brackets',
    line: `${clf(`${ip} - [${ip}] - eve`)} 300 0.250 [ns-orders-80] 10.0.0.1:80, 10.0.0.2:80 0, 153 0.100, 0.150 502, 200 r-1`,
    event: {
      timestampMs: secondMs - 250,
      ...orders,
      userId: 'eve',
      requestBytes: 300,
      durationMs: 250,
      upstreamDurationMs: 100,
      httpRequestId: 'r-1',
    },
  },
  {
    format: 'nginx-combined',
    variant: 'a user whose name has a blank',
    line: clf(`${ip} - Eve Smith`),
    event: { ...orders, clientAddress: ip, host: null, userId: 'Eve Smith' },
  },
  {
    format: 'nginx-combined',
    variant: 'X-Forwarded-For for the address',
    line: clf(`203.0.113.7, 10.0.0.9, ${ip} - eve`),
    event: { ...orders, clientAddress: ip, host: null, userId: 'eve' },
  },
  {
    format: 'nginx-combined',
    variant: 'Amazon API Gateway, common log format',
    line: `${ip} - - [05/Jan/2026:10:00:00 +0000]"GET /orders/7 HTTP/1.1" 200 153 r-1`,
    event: { timestampMs: secondMs, ...orders, responseBytes: 153, ...nobody(ip) },
  },
  {
    format: 'nginx-combined',
    variant: 'error log of Apache',
    line: `[Mon Jan 05 10:00:00.123 2026] [core:error] [pid 7] [client ${ip}:5000] AH00126: Invalid URI`,
    event: null,
  },
  {
    format: 'haproxy-text',
    variant: 'httplog with the site behind the server, IPv6',
    line: '2001:db8::4e36:5000 [05/Jan/2026:10:00:00.250] https~ be/srv api.example.com 0/0/1/14/15 200 153 - - ---- 1/1/0/0/0 0/0 "GET /orders/7 HTTP/1.1"',
    event: {
      timestampMs: atMs,
      ...orders,
      responseBytes: 153,
      durationMs: 15,
      clientAddress: '2001:db8::4e36',
    },
  },
  {
    format: 'haproxy-text',
    variant: 'tcplog',
    line: `${ip}:5000 [05/Jan/2026:10:00:00.250] fe be/srv 0/0/5007 212 -- 0/0/0/0/3 0/0`,
    event: null,
  },
  {
    format: 'haproxy',
    variant: 'local date with milliseconds',
    line: {
      client_ip: ip,
      request_date: '05/Jan/2026:10:00:00.250 +0000',
      be_name: 'be',
      status_code: 200,
      http_request: 'GET /orders/7 HTTP/1.1',
    },
    event: { timestampMs: atMs, ...orders, ...nobody(ip) },
  },
  {
    format: 'traefik',
    variant: 'OTLP, the record’s time',
    line: {
      resourceLogs: [
        {
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: `${atMs}000000`,
                  attributes: Object.entries({
                    RequestMethod: 'GET',
                    RequestPath: '/orders/7',
                    DownstreamStatus: '200',
                    ClientHost: ip,
                  }).map(([key, value]) => ({ key, value: { stringValue: value } })),
                },
              ],
            },
          ],
        },
      ],
    },
    event: { timestampMs: atMs, ...orders, ...nobody(ip) },
  },
  {
    format: 'caddy',
    variant: 'before 2.5: address with its port',
    line: caddy,
    event: { timestampMs: atMs, ...orders, ...nobody(ip) },
  },
  {
    format: 'caddy',
    variant: 'durations in whole nanoseconds',
    line: { ...caddy, duration: 250_000_000 },
    event: { durationMs: 250 },
  },
  {
    format: 'caddy',
    variant: 'durations in whole milliseconds, time under another key',
    line: { ...caddy, ts: undefined, time: 1767607200500, duration: 250 },
    event: { timestampMs: atMs, durationMs: 250 },
  },
];

const gateways: readonly Variant[] = [
  {
    format: 'kong',
    variant: 'identifier beside a consumer',
    line: {
      ...kong,
      request: { ...kong.request, headers: { 'x-credential-identifier': 'k-1' } },
      consumer: { id: 'c-1', username: 'billing' },
    },
    event: { ...orders, consumerId: 'c-1', credentialName: 'billing', ...named('k-1', 'api_key') },
  },
  {
    format: 'kong',
    variant: 'claims of custom_fields_by_lua',
    line: { ...kong, jwt_iss: 'https://idp', jwt_sub: 's-1', jwt_azp: 'a-1', jwt_jti: 'j-1' },
    event: { tokenId: 'j-1', ...named('https://idp|a-1|s-1', 'jwt', 'claim') },
  },
  {
    format: 'kong',
    variant: 'MCP error',
    line: {
      ...kong,
      ai: {
        mcp: { mcp_session_id: 's-1', rpc: [{ method: 'tools/call', tool_name: 't', error: '-32602' }] },
      },
    },
    event: { mcpMethod: 'tools/call', outcome: 'failure', errorType: 'mcp:-32602' },
  },
  {
    format: 'kong',
    variant: 'AI proxy of 3.6',
    line: {
      ...kong,
      ai: {
        'ai-proxy': {
          usage: { prompt_token: 8, completion_token: 26 },
          meta: { provider_name: 'p', request_model: 'm' },
        },
      },
    },
    event: { genAiProvider: 'p', genAiModel: 'm', genAiInputTokens: 8, genAiOutputTokens: 26 },
  },
  {
    format: 'apisix',
    variant: 'log_format of its documentation',
    line: {
      '@timestamp': '2026-01-05T10:00:00+00:00',
      route_id: '1',
      host: 'api',
      client_ip: ip,
      request: 'GET /orders/7 HTTP/1.1',
      status: 200,
      consumer: 'billing',
    },
    event: {
      timestampMs: secondMs,
      ...orders,
      consumerName: 'billing',
      ...named('consumer:billing', 'api_key', 'consumer'),
    },
  },
  {
    format: 'tyk',
    variant: 'Elasticsearch pump',
    line: tykElastic,
    event: { timestampMs: atMs, ...orders, route: 'GET /orders/{id}', durationMs: 15, clientAddress: ip },
  },
  {
    format: 'tyk-access',
    variant: 'time of a shipper',
    line: {
      prefix: 'access-log',
      '@timestamp': '2026-01-05T10:00:00.265Z',
      status: 200,
      path: '/orders/7',
      method: 'GET',
      client_ip: ip,
      latency_total: 15,
    },
    event: { timestampMs: atMs, ...orders, ...nobody(ip) },
  },
  {
    format: 'krakend',
    variant: 'claims under their own names, Go duration',
    line: {
      prefix: 'KRAKEND',
      time: '2026/01/05 - 10:00:00.265',
      status_code: 200,
      latency: '15ms',
      client_ip: ip,
      method: 'GET',
      path: '/orders/7',
      sub: 's-1',
      jti: 'j-1',
    },
    event: {
      timestampMs: atMs,
      ...orders,
      durationMs: 15,
      tokenId: 'j-1',
      ...named('||s-1', 'jwt', 'claim'),
    },
  },
  {
    format: 'agentgateway',
    variant: 'JSON, MCP error',
    line: {
      time: '2026-01-05T10:00:00.254Z',
      scope: 'request',
      'src.addr': `${ip}:5000`,
      'http.method': 'POST',
      'http.path': '/mcp',
      'http.status': 200,
      'mcp.method.name': 'tools/call',
      'mcp.error.code': '-32602',
      duration: '4ms',
    },
    event: { timestampMs: atMs, status: 200, outcome: 'failure', errorType: 'mcp:-32602' },
  },
  {
    format: 'agentgateway-text',
    variant: 'text with blanks, no gateway',
    line: `2026-01-05T10:00:00.254Z info request route=r src.addr=${ip}:5000 http.method=GET http.path=/orders/7 http.status=200 duration=4ms`,
    event: { timestampMs: atMs, ...orders, ...nobody(ip) },
  },
];

const alb = (came: string) =>
  `http 2026-01-05T10:00:00.265Z app/lb/1 ${ip}:5000 10.0.0.1:80 0.000 0.005 0.000 200 200 3 153 "GET http://api:80/orders/7 HTTP/1.1" "curl/8" - - arn:x "Root=1" "-" "-" 0 ${came} "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_7`;

const clouds: readonly Variant[] = [
  {
    format: 'aws-alb',
    variant: 'the request came before its entry',
    line: alb('2026-01-05T10:00:00.250Z'),
    event: { timestampMs: atMs, durationMs: 5, ...orders, ...nobody(ip) },
  },
  {
    format: 'aws-alb',
    variant: 'a time of coming that cannot be',
    line: alb('2018-07-02T22:22:48.364Z'),
    event: { timestampMs: atMs + 10, durationMs: 5 },
  },
  {
    format: 'aws-api-gateway',
    variant: 'nested names of $context',
    line: {
      requestId: 'r-1',
      requestTimeEpoch: String(atMs),
      httpMethod: 'GET',
      path: '/orders/7',
      resourcePath: '/orders/{id}',
      status: 200,
      identity: { sourceIp: ip, apiKeyId: 'k-1', userAgent: 'curl/8' },
      authorizer: { claims: { sub: 's-1', iss: 'https://idp', jti: 'j-1' } },
    },
    event: {
      timestampMs: atMs,
      ...orders,
      route: 'GET /orders/{id}',
      clientAddress: ip,
      tokenId: 'j-1',
      ...named('k-1', 'api_key'),
    },
  },
  {
    format: 'aws-api-gateway',
    variant: 'snake case',
    line: {
      request_id: 'r-1',
      source_ip: ip,
      request_time: '05/Jan/2026:10:00:00 +0000',
      http_method: 'GET',
      resource_path: '/orders/{id}',
      status: '200',
      api_key_id: 'k-1',
      response_latency: '15',
    },
    event: { timestampMs: secondMs, route: 'GET /orders/{id}', durationMs: 15, ...named('k-1', 'api_key') },
  },
  {
    format: 'aws-api-gateway',
    variant: 'WebSocket API',
    line: {
      requestId: 'r-1',
      requestTimeEpoch: atMs,
      eventType: 'MESSAGE',
      routeKey: 'sendmessage',
      status: '200',
      ip,
    },
    event: { timestampMs: atMs, route: 'sendmessage', path: null, ...nobody(ip) },
  },
  {
    format: 'azure-apim',
    variant: 'table of its own, as a workspace exports it',
    line: { records: [{ ...apim, Type: 'ApiManagementGatewayLogs' }] },
    event: apimEvent,
  },
  {
    format: 'azure-apim',
    variant: 'table of its own, with the category',
    line: { ...apim, Category: 'GatewayLogs', OperationName: 'Microsoft.ApiManagement/GatewayLogs' },
    event: apimEvent,
  },
  {
    format: 'azure-apim',
    variant: 'table of everything, types behind the names',
    line: {
      TimeGenerated: '2026-01-05T10:00:00.250Z',
      Category: 'GatewayLogs',
      method_s: 'GET',
      url_s: 'https://api/orders/7',
      responseCode_d: 200,
      DurationMs: 15,
      CallerIPAddress: ip,
      apimSubscriptionId_s: 's-1',
      apiId_s: 'orders',
      operationId_s: 'get',
    },
    event: { ...apimEvent, durationMs: 15, clientAddress: ip },
  },
  {
    format: 'azure-apim',
    variant: 'another category',
    line: { time: '2026-01-05T10:00:00Z', category: 'WebSocketConnectionLogs', properties: {} },
    event: null,
  },
  {
    format: 'cloudtrail',
    variant: 'person of IAM Identity Center',
    line: {
      ...cloudtrail,
      userIdentity: {
        type: 'IdentityCenterUser',
        accountId: '1',
        onBehalfOf: { userId: 'u-1', identityStoreArn: 'arn:x' },
        credentialId: 't-1',
      },
    },
    event: { timestampMs: secondMs, tokenId: 't-1', ...named('u-1', 'session') },
  },
  {
    format: 'cloudflare',
    variant: 'sub-request of a worker, without its parent',
    line: {
      RayID: 'r-1',
      EdgeStartTimestamp: atMs,
      ClientRequestMethod: 'GET',
      ClientRequestURI: '/orders/7',
      WorkerSubrequest: true,
    },
    event: null,
  },
  {
    format: 'otel',
    variant: 'nested attributes',
    line: {
      timestamp: '2026-01-05T10:00:00.250Z',
      http: { request: { method: 'GET' }, response: { status_code: 200 } },
      url: { path: '/orders/7' },
      client: { address: ip },
    },
    event: { timestampMs: atMs, ...orders, ...nobody(ip) },
  },
  {
    format: 'litellm',
    variant: 'duration between its times, agent among the tags',
    line: { ...litellm, request_tags: ['team-a', 'User-Agent: cli', 'User-Agent: cli/1.2'] },
    event: { timestampMs: atMs, durationMs: 15, userAgent: 'cli/1.2', ...named(hash, 'api_key') },
  },
  {
    format: 'litellm',
    variant: 'tool call',
    line: {
      ...litellm,
      call_type: 'call_mcp_tool',
      metadata: { ...litellm.metadata, mcp_tool_call_metadata: { name: 'list_orders' } },
    },
    event: { mcpMethod: 'tools/call', genAiToolName: 'list_orders' },
  },
  {
    format: 'apigee',
    variant: 'no key, as analytics write it',
    line: {
      client_received_start_timestamp: String(atMs),
      apiproxy: 'orders-v1',
      request_path: '/orders/7',
      request_verb: 'GET',
      response_status_code: '200',
      client_ip: ip,
      client_id: '(not set)',
    },
    event: { timestampMs: atMs, ...orders, ...nobody(ip) },
  },
  {
    format: 'aliases',
    variant: "a load balancer's httpRequest",
    line: {
      timestamp: '2026-01-05T10:00:00.265Z',
      httpRequest: {
        requestMethod: 'GET',
        requestUrl: 'https://api/orders/7',
        status: 200,
        responseSize: '153',
        remoteIp: ip,
        latency: '0.015s',
      },
    },
    event: { timestampMs: atMs, ...orders, durationMs: 15, responseBytes: 153, ...nobody(ip) },
  },
];

export const versions: readonly Variant[] = [...proxies, ...gateways, ...clouds];
