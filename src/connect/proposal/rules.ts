import type { Coercion } from '../../../schemas/mapping.ts';
import type { Place } from './places.ts';
import { durationFit, sizeFit, timeFit } from './unit-fits.ts';
import {
  isAddress,
  isAddresses,
  isCountry,
  isHash,
  isHost,
  isMethod,
  isRequestLine,
  isStatus,
  isTarget,
  isTemplate,
  isText,
  isToken,
  isTraceId,
  isUserAgent,
  isWhole,
  type Value,
} from './value-kinds.ts';

/** How the values of a place fit a field. */
export interface Fit {
  /** Share of its values, 0 to 1. */
  readonly share: number;
  /** What they are, in words. */
  readonly what: string;
  readonly coerce?: Coercion | undefined;
  /** Why this is a guess. */
  readonly doubt?: string | undefined;
}

/** How one field of an event is found among home-made names. */
export interface Rule {
  readonly wire: string;
  /** Ends of a place's name that say so, without what stands between words; the best first. */
  readonly names: string;
  /** Ends that may say so. */
  readonly loose?: string;
  /** Words that say that it is something else. */
  readonly not?: string;
  fit(place: Place): Fit;
  /** Values like these are hardly anything else: without a name that says so it is a guess, and one is made. */
  readonly isToldByValues?: boolean;
  /** Smallest and largest share of different values among those seen. */
  readonly different?: { readonly least?: number; readonly most?: number };
}

/** The share of a place's values that pass. */
export function shareOf({ values }: Place, test: (value: Value) => boolean): number {
  return values.length === 0 ? 0 : values.filter(test).length / values.length;
}

const like =
  (test: (value: Value) => boolean, what: string, coerce?: Coercion) =>
  (place: Place): Fit => ({ share: shareOf(place, test), what, coerce });

const plain = (value: Value) => isText(value) && !isToken(value);
/** A count begins anew with the process: events with the same one would be taken for repeats. */
const isRequestId = (value: Value) => plain(value) && !(isWhole(value) && String(value).length < 10);
const isPath = (value: Value) => isTarget(value) && !isTemplate(value);
const servers = 'server upstream backend target dst dest destination origin listen local';
const asked = 'request req in received rx read';

/** In the order in which places are given out: each place fills one field. */
export const rules: readonly Rule[] = [
  {
    wire: 'timestamp',
    names:
      'timestamp atimestamp time ts eventtime requesttime starttime startedat receivedat datetime timelocal timeiso8601 timeutc loggedat requesttimestamp epoch epochms epochs tsms tss timems timestampms unixtime endtime finishedat completedat whenlogged logtime emitted emittedat at',
    loose: 'date when t start end created createdat begin',
    not: 'exp expires expiry iat nbf issued birth last auth token jwt claims modified updated response resp',
    fit: timeFit,
    isToldByValues: true,
  },
  {
    wire: 'http.request.method',
    names: 'method requestmethod httpmethod verb reqmethod',
    fit: like(isMethod, 'methods of HTTP'),
    isToldByValues: true,
  },
  {
    wire: 'http.route',
    names: 'route routetemplate pathtemplate template routepattern pattern httproute routepath matchedpath',
    loose: 'endpoint path handler uri url',
    not: 'referer referrer redirect upstream',
    fit: like(isTemplate, 'paths with places left open'),
    isToldByValues: true,
  },
  {
    wire: 'url.path',
    names:
      'path uri url requesturi requestpath requesturl originalurl originaluri urlpath urloriginal target rawpath rawuri fullpath pathquery',
    loose: 'endpoint resource route request href',
    not: 'referer referrer redirect upstream file filename log callback template origin location image',
    fit: like(isPath, 'paths or URLs'),
    isToldByValues: true,
  },
  {
    wire: 'http.route',
    names: 'operation operationname operationid rpcmethod graphqloperation graphqloperationname',
    loose: 'op action rpc',
    fit: like(plain, 'texts'),
    different: { most: 0.3 },
  },
  {
    wire: 'url.query',
    names: 'query querystring urlquery requestquery qs search args rawquery',
    loose: 'params',
    fit: like((value) => typeof value === 'string' && value.includes('=') && !isTarget(value), 'queries'),
  },
  {
    wire: 'http.response.status_code',
    names:
      'statuscode httpstatuscode responsestatuscode responsestatus httpstatus responsecode respcode rescode httpcode status respstatus resstatus httpresponsecode',
    loose: 'code sc rc result st',
    not: 'upstream backend error exit country origin',
    fit: like(isStatus, 'status codes'),
    isToldByValues: true,
  },
  {
    wire: 'http.request.header.x-forwarded-for',
    names: 'xforwardedfor forwardedfor xff',
    fit: like(isAddresses, 'addresses'),
  },
  {
    wire: 'client.address',
    names:
      'clientip clientaddress clientaddr remoteip remoteaddr remoteaddress sourceip srcip sourceaddress userip callerip realip xrealip ipaddress ipaddr ip client remote',
    loose: 'src caller source addr address from peer peerip peeraddress host who',
    not: `${servers} forwarded node pod machine`,
    fit: like(isAddress, 'addresses'),
    isToldByValues: true,
  },
  {
    wire: 'network.peer.address',
    names: 'peer peerip peeraddress peeraddr socketip socketaddress connectionip remoteaddr remoteip',
    not: servers,
    fit: like(isAddress, 'addresses'),
  },
  {
    wire: 'user_agent.original',
    names: 'useragent useragentoriginal httpuseragent ua agent',
    loose: 'client browser sdk',
    fit: (place) => {
      const share = shareOf(place, isUserAgent);
      // Whoever calls himself what he likes has a user agent too.
      const isSaid = place.words.join('').endsWith('useragent') || place.words.at(-1) === 'ua';
      return isSaid ? { share: 1, what: 'texts' } : { share, what: 'names of programs with their versions' };
    },
    isToldByValues: true,
  },
  {
    wire: 'server.address',
    names: 'host httphost requesthost authority vhost servername domain hostname',
    not: 'log node pod machine container remote client upstream backend',
    fit: like(isHost, 'names of hosts'),
    different: { most: 0.5 },
  },
  {
    wire: 'upstream.duration_ms',
    names:
      'upstreamduration upstreamlatency upstreamtime upstreamresponsetime upstreamservicetime backendtime backendlatency backendduration originlatency',
    fit: durationFit,
  },
  {
    wire: 'duration_ms',
    names:
      'duration latency elapsed took timetaken responsetime requesttime processingtime totaltime runtime elapsedtime servetime handletime',
    loose: 'dur rt cost lat rtt ms millis milliseconds seconds secs us micros microseconds ns nanos',
    not: 'upstream backend origin queue wait connect dns tls ttl auth db sql',
    fit: durationFit,
  },
  {
    wire: 'http.request.size',
    names:
      'bytesin inbytes requestsize requestbytes requestlength requestcontentlength reqbytes reqsize reqlength bytesreceived receivedbytes rxbytes bytesrx bytesread requestbodysize',
    not: 'response resp res',
    fit: sizeFit,
  },
  {
    wire: 'http.response.size',
    names:
      'bytesout outbytes responsesize responsebytes responselength responsecontentlength respbytes respsize ressize resbytes bytessent bodybytessent sentbytes txbytes bytestx byteswritten responsebodysize',
    loose: 'bytes size length contentlength sent written len kb kbytes',
    not: asked,
    fit: sizeFit,
  },
  {
    wire: 'http.request.id',
    names: 'requestid reqid xrequestid correlationid transactionid rid callid requestuid requestuuid',
    loose: 'id eventid logid uuid guid',
    not: `user client key token org tenant account trace session span consumer app`,
    fit: like(isRequestId, 'texts that differ from line to line'),
    different: { least: 0.98 },
  },
  {
    wire: 'trace.id',
    names: 'traceid trace xb3traceid',
    fit: like(isTraceId, 'trace ids'),
  },
  {
    wire: 'consumer.id',
    names:
      'consumerid consumer consumername applicationid appid clientname clientapp partner partnerid integration',
    loose: 'application app customer subscriber',
    not: 'ip version',
    fit: like(plain, 'texts'),
    different: { most: 0.5 },
  },
  {
    wire: 'user.id',
    names: 'userid uid username user enduser enduserid login accountname principal',
    loose: 'actor subject member owner',
    not: 'agent ip',
    fit: like(plain, 'texts'),
    different: { most: 0.9 },
  },
  {
    wire: 'organization.id',
    names: 'organizationid orgid organization org tenantid tenant workspaceid workspace accountid teamid',
    loose: 'account team company',
    fit: like(plain, 'texts'),
    different: { most: 0.5 },
  },
  { wire: 'token.issuer', names: 'iss jwtiss tokenissuer tokeniss claimsiss', fit: like(plain, 'texts') },
  { wire: 'token.subject', names: 'sub jwtsub tokensubject tokensub claimssub', fit: like(plain, 'texts') },
  {
    wire: 'token.authorized_party',
    names: 'azp jwtazp claimsazp jwtclientid tokenclientid claimsclientid',
    fit: like(plain, 'texts'),
  },
  { wire: 'token.id', names: 'jti jwtjti tokenjti claimsjti', fit: like(plain, 'texts') },
  {
    wire: 'token.scopes',
    names: 'scope scopes scp jwtscope tokenscope tokenscopes',
    fit: like(plain, 'texts', 'list'),
  },
  {
    wire: 'token.expires_at',
    names: 'jwtexp tokenexp tokenexpiresat claimsexp tokenexpiry',
    fit: timeFit,
  },
  { wire: 'tls.client.ja4', names: 'ja4 tlsja4 ja4fingerprint', fit: like(plain, 'texts') },
  { wire: 'tls.client.ja3', names: 'ja3 tlsja3 ja3hash ja3fingerprint', fit: like(isHash, 'hashes') },
  {
    wire: 'tls.client.hash.sha256',
    names: 'certsha256 clientcertsha256 certfingerprint clientcertfingerprint peercertsha256 certhash',
    fit: like((value) => isHash(value) && String(value).length === 64, 'SHA-256 in hexadecimal'),
  },
  {
    wire: 'client.geo.country_iso_code',
    names: 'country countrycode geocountry countryisocode clientcountry',
    fit: like(isCountry, 'codes of two letters'),
  },
  {
    wire: 'deployment.environment.name',
    names: 'env environment deploymentenvironment',
    fit: like(plain, 'texts'),
    different: { most: 0.2 },
  },
  {
    wire: 'gen_ai.request.model',
    names: 'model requestmodel modelname genairequestmodel',
    fit: like(plain, 'texts'),
    different: { most: 0.5 },
  },
  {
    wire: 'gen_ai.usage.input_tokens',
    names: 'prompttokens inputtokens tokensin usageinputtokens',
    fit: like(isWhole, 'whole numbers'),
  },
  {
    wire: 'gen_ai.usage.output_tokens',
    names: 'completiontokens outputtokens tokensout usageoutputtokens',
    fit: like(isWhole, 'whole numbers'),
  },
  {
    wire: 'gen_ai.tool.name',
    names: 'toolname tool',
    fit: like(plain, 'texts'),
    different: { most: 0.5 },
  },
];

/** One text for two fields; tried where neither a method nor a path stands alone. */
export const requestLineRule: Rule = {
  wire: 'http.request.method',
  names: 'request requestline line req',
  loose: 'msg message call op operation http',
  fit: like(isRequestLine, 'request lines', 'split-method-path'),
  isToldByValues: true,
};
