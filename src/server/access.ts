import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether only this machine can reach an address to listen on. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  if (isIP(host) === 0) return false;
  return ipaddr.process(host).range() === 'loopback';
}

/**
 * Whether the Host header names this machine. Checked on loopback, where a page of another site
 * could otherwise reach us by pointing its own name at 127.0.0.1.
 */
export function isLocalName(hostHeader: string | undefined): boolean {
  if (hostHeader === undefined) return false;
  try {
    return isLoopback(new URL(`http://${hostHeader}`).hostname.replace(/^\[(.*)\]$/, '$1'));
  } catch {
    // Not a host at all, so not this one.
    return false;
  }
}

/** A check of the Authorization header: the token as bearer, or as the password of any user for browsers. */
export function tokenCheck(token: string): (authorization: string | undefined) => boolean {
  const wanted = digest(token);
  return (authorization) => {
    if (authorization === undefined || authorization.length > 4096) return false;
    const space = authorization.indexOf(' ');
    const scheme = authorization.slice(0, space).toLowerCase();
    const value = authorization.slice(space + 1).trim();
    if (scheme === 'bearer') return timingSafeEqual(digest(value), wanted);
    if (scheme !== 'basic') return false;
    const decoded = Buffer.from(value, 'base64').toString('utf8');
    return timingSafeEqual(digest(decoded.slice(decoded.indexOf(':') + 1)), wanted);
  };
}

/** Of one length whatever the text, so that the comparison tells nothing about it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
