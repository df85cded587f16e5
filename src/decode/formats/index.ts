import type { Format } from '../format.ts';
import type { JsonObject } from '../text.ts';
import { agentgateway, agentgatewayText } from './agentgateway.ts';
import { aliases } from './aliases.ts';
import { apigee } from './apigee.ts';
import { apisix } from './apisix.ts';
import { awsAlb } from './aws-alb.ts';
import { awsApiGateway } from './aws-api-gateway.ts';
import { awsApiGatewayText } from './aws-api-gateway-text.ts';
import { awsElb } from './aws-elb.ts';
import { azureApim } from './azure-apim.ts';
import { caddy } from './caddy.ts';
import { caddyText } from './caddy-text.ts';
import { canonical } from './canonical.ts';
import { cloudflare } from './cloudflare.ts';
import { cloudtrail } from './cloudtrail.ts';
import { ecs } from './ecs.ts';
import { envoy } from './envoy.ts';
import { envoyAiGateway } from './envoy-ai-gateway.ts';
import { envoyText } from './envoy-text.ts';
import { gravitee } from './gravitee.ts';
import { haproxy } from './haproxy.ts';
import { haproxyText } from './haproxy-text.ts';
import { higress } from './higress.ts';
import { kong } from './kong.ts';
import { krakend, krakendText } from './krakend.ts';
import { litellm } from './litellm.ts';
import { nginx } from './nginx.ts';
import { nginxCombined } from './nginx-combined.ts';
import { ocsf } from './ocsf.ts';
import { otel, otelLog } from './otel.ts';
import { traefik } from './traefik.ts';
import { traefikClf } from './traefik-clf.ts';
import { tyk } from './tyk.ts';
import { tykAccess, tykAccessText } from './tyk-access.ts';
import { wso2 } from './wso2.ts';

/** Every format in the order in which its signature is tried: the most particular first. */
export const formats: readonly Format[] = [
  cloudtrail,
  canonical,
  ocsf,
  azureApim,
  cloudflare,
  tykAccess,
  tyk,
  gravitee,
  wso2,
  krakend,
  apigee,
  kong,
  apisix,
  traefik,
  caddy,
  litellm,
  higress,
  envoyAiGateway,
  envoy,
  agentgateway,
  awsApiGateway,
  ecs,
  otel,
  nginx,
  haproxy,
  // Records that no format of JSON knows: after all of them, those with the usual names first.
  aliases,
  otelLog,
  tykAccessText,
  krakendText,
  agentgatewayText,
  caddyText,
  awsAlb,
  awsElb,
  awsApiGatewayText,
  envoyText,
  haproxyText,
  traefikClf,
  nginxCombined,
];

const textFormats = formats.filter(({ shape }) => shape === 'text');
const objectFormats = formats.filter(({ shape, isLastResort }) => shape === 'json' && isLastResort !== true);
/** Their lines begin with a time, as those of syslog do. */
const timedFormats = [caddyText, awsAlb, awsElb, agentgatewayText];
const noLine: JsonObject = Object.freeze({});

/** An object of a format that is sure of its own lines. */
export function isObjectLine(line: JsonObject): boolean {
  return objectFormats.some(({ matches }) => matches(line, ''));
}

/** An object that some format reads, the last resort among them. */
export function isReadableObject(line: JsonObject): boolean {
  return formats.some(({ shape, matches }) => shape === 'json' && matches(line, ''));
}

/** What stands behind its time is no line of its own, whatever its caller wrote into it. */
export function isTimedLine(text: string): boolean {
  const first = text.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && timedFormats.some(({ matches }) => matches(noLine, text));
}

/** A line of a known text format. */
export function isTextLine(text: string): boolean {
  return textFormats.some(({ matches }) => matches(noLine, text));
}
