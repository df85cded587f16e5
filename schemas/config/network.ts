import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const asNumber = /^AS[0-9]{1,10}$/i;

function isRange(text: string): boolean {
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}

const shown = (value: unknown) => JSON.stringify(value).slice(0, 60);

/** A range of addresses, or one address. */
export const addressRange = z.string().refine(isRange, {
  error: ({ input }) => `is ${shown(input)}; give a CIDR range such as 10.0.0.0/8, or one address`,
});

/** A range of addresses, one address, or an autonomous system. */
export const network = z.string().refine((text) => asNumber.test(text) || isRange(text), {
  error: ({ input }) =>
    `is ${shown(input)}; give a CIDR range such as 10.0.0.0/8, one address, or an autonomous system such as AS64500`,
});
