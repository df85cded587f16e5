import type { Format } from '../format.ts';
import { ordinary } from './fields.ts';

/** Gives JSON, to whoever logs text or JSON now. */
export const nginxSnippet = {
  language: 'nginx',
  text: `map $http_x_api_key $api_client { default ""; "the-key-of-client-1" "client-1"; }
log_format bearerwatch escape=json '{"time":"$msec","request_id":"$request_id","client_ip":"$remote_addr",'
  '"xff":"$http_x_forwarded_for","method":"$request_method","path":"$uri","status":"$status",'
  '"bytes_in":"$request_length","bytes_out":"$bytes_sent","duration_s":"$request_time",'
  '"upstream_s":"$upstream_response_time","user_agent":"$http_user_agent","host":"$host",'
  '"credential_id":"$api_client","remote_user":"$remote_user"}';
access_log /var/log/nginx/bearerwatch.log bearerwatch;`,
};

/** Of NGINX's logs in JSON and in text. */
export const nginxYields: Format['yields'] = {
  byDefault: ordinary.filter((field) => field !== 'durationMs'),
  withSnippet: ['credentialId', 'userId', 'durationMs', 'httpRequestId', 'requestBytes'],
};
