import type { Format } from '../format.ts';
import { nginxSnippet, nginxYields } from './nginx-snippet.ts';
import { hasVariables, isFromApisix, readVariables } from './nginx-variables.ts';

export const nginx: Format = {
  id: 'nginx',
  title: 'NGINX, OpenResty, ingress-nginx (JSON)',
  shape: 'json',
  matches: (line) => hasVariables(line) && !isFromApisix(line),
  read: readVariables,
  pitfalls: [
    'No credential by default; $http_authorization and $http_x_api_key are the raw secret: log a mapped id or a hash.',
    'Without escape=json quotes in a user agent break the line.',
    'request_time is in seconds; upstream_response_time may be a list.',
    '$remote_user is what the caller says, unless auth_basic checks it; $uri leaves out the query and the keys in it.',
    '$remote_addr is the load balancer unless the realip module is set up.',
  ],
  snippet: nginxSnippet,
  yields: nginxYields,
  verified: 'NGINX 1.22.1 run for real with the snippet; other JSON lines of NGINX and ingress-nginx',
};
