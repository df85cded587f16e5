import type { UsageEvent } from '../../schemas/usage-event.ts';
import { agentFields } from './agents.ts';
import type { Operation } from './apis.ts';
import { chooseSlot, settle } from './contexts.ts';
import { type Call, type Credential, hourMs, type Modifier, type Slot } from './credential.ts';
import { drawIndex, exponential, logUniform, negativeBinomial, normal, poisson } from './distributions.ts';
import { eventOf, refreshToken } from './event.ts';
import { hourOfWeek } from './habits.ts';
import { drawObject } from './objects.ts';
import type { Random } from './random.ts';

/** Takes the events of one hour in any order. */
export type Emit = (event: UsageEvent) => void;

interface Degree {
  rate: number;
  serverErrors: number;
  denied: number;
  notFound: number;
  bytes: number;
  floorPerHour: number;
  deniedScope: string | null;
}

const degree: Degree = {
  rate: 1,
  serverErrors: 0,
  denied: 0,
  notFound: 0,
  bytes: 1,
  floorPerHour: 0,
  deniedScope: null,
};

/** What all modifiers that touch the hour make of the habit; the result is reused by the next call. */
function degreeAt(modifiers: readonly Modifier[], startMs: number): Degree {
  degree.rate = 1;
  degree.serverErrors = 0;
  degree.denied = 0;
  degree.notFound = 0;
  degree.bytes = 1;
  degree.floorPerHour = 0;
  degree.deniedScope = null;
  for (const modifier of modifiers) {
    if (modifier.startMs >= startMs + hourMs || modifier.endMs <= startMs) continue;
    degree.rate *= modifier.rate ?? 1;
    degree.serverErrors += modifier.serverErrors ?? 0;
    degree.denied += modifier.denied ?? 0;
    degree.notFound += modifier.notFound ?? 0;
    degree.bytes *= modifier.bytes ?? 1;
    degree.floorPerHour += modifier.floorPerHour ?? 0;
    degree.deniedScope = modifier.deniedScope ?? degree.deniedScope;
  }
  return degree;
}

/** All calls the credential's rightful holder makes in the hour that starts at `startMs`. */
export function ownCalls(credential: Credential, startMs: number, worldStartMs: number, emit: Emit): void {
  const { random } = credential;
  while (credential.changes[0] !== undefined && credential.changes[0].atMs < startMs + hourMs)
    credential.changes.shift()?.apply(credential);
  if (startMs + hourMs <= credential.startMs || startMs >= credential.endMs) return;
  const state = degreeAt(credential.modifiers, startMs);
  const local = hourOfWeek(startMs, credential.timeZoneHours);
  const level = credential.profile[local] as number;
  const mean = Math.max(credential.ratePerHour * level * state.rate, state.floorPerHour);
  switch (credential.pattern) {
    case 'steady': {
      for (let n = negativeBinomial(random, mean, credential.dispersion); n > 0; n--) {
        const slot = place(credential, startMs, local);
        visit(credential, slot, startMs + random.next() * hourMs, worldStartMs, state, emit);
      }
      return;
    }
    case 'ticks': {
      const count = Math.max(1, Math.round(mean));
      for (let i = 0; i < count; i++) {
        const slot = credential.slots[((startMs / hourMs) * count + i) % credential.slots.length] as Slot;
        visit(
          credential,
          slot,
          startMs + ((i + 0.1 * random.next()) * hourMs) / count,
          worldStartMs,
          state,
          emit,
        );
      }
      return;
    }
    case 'cron': {
      const { everyHours, atHour, atMinute } = credential.cron;
      const floor = poisson(random, state.floorPerHour);
      const due = Math.floor(startMs / hourMs + credential.timeZoneHours) % everyHours === atHour;
      const count = due
        ? negativeBinomial(random, credential.ratePerHour * state.rate, credential.dispersion * 0.3)
        : floor;
      const begin = startMs + atMinute * 60_000 + random.next() * 20_000;
      const gap = Math.min(4_000, (startMs + hourMs - begin) / (count + 1));
      const slot = count > 0 ? place(credential, startMs, local) : null;
      for (let i = 0; i < count && slot !== null; i++)
        visit(credential, slot, begin + gap * (i + 0.5 * random.next()), worldStartMs, state, emit);
      return;
    }
    case 'sessions': {
      const sessions = poisson(random, (mean / credential.sessionLength) * (0.5 + random.next()));
      for (let s = 0; s < sessions; s++) session(credential, startMs, local, worldStartMs, state, emit);
    }
  }
}

function session(
  credential: Credential,
  startMs: number,
  local: number,
  worldStartMs: number,
  state: Degree,
  emit: Emit,
): void {
  const { random } = credential;
  const slot = place(credential, startMs, local);
  credential.sessions++;
  let timeMs = startMs + random.next() * hourMs;
  const last = startMs + hourMs - 1;
  const length = 1 + Math.floor(exponential(random, credential.sessionLength - 1));
  for (let i = 0; i < length && timeMs < last; i++) {
    visit(credential, slot, timeMs, worldStartMs, state, emit);
    timeMs += exponential(random, credential.sessionGapMs);
  }
}

function place(credential: Credential, startMs: number, local: number): Slot {
  const slot = chooseSlot(credential, credential.random, local);
  settle(slot, credential.random, startMs);
  return slot;
}

/** One thing the holder does: a call, the pages of a listing, or a call and its retry. */
function visit(
  credential: Credential,
  slot: Slot,
  timeMs: number,
  worldStartMs: number,
  state: Degree,
  emit: Emit,
): void {
  const { random } = credential;
  if (timeMs < credential.startMs) return;
  refreshToken(credential, slot, timeMs, random);
  const operation = credential.operations[drawIndex(random, credential.sums)] as Operation;
  const object = operation.shape === 'item' ? drawObject(credential, random, timeMs - worldStartMs) : -1;
  let page = operation.shape === 'list' ? 0 : -1;
  let at = timeMs;
  for (;;) {
    const status = ownStatus(credential, operation, state);
    const call = plainCall(random, slot, operation, object, page, status, state.bytes);
    const extra = credential.kind === 'agent' ? agentFields(credential, operation, random) : null;
    write(credential, extra === null ? call : { ...call, extra }, at, emit);
    if (status >= 500 && random.next() < 0.6) {
      write(
        credential,
        { ...call, status: random.next() < 0.6 ? 200 : status, extra },
        at + 400 + exponential(random, 2_000),
        emit,
      );
      return;
    }
    if (page < 0 || random.next() > 0.3 || page > 30) return;
    page++;
    at += 300 + exponential(random, credential.pattern === 'sessions' ? credential.sessionGapMs * 0.3 : 800);
    refreshToken(credential, slot, at, random);
  }
}

/** A call with the size and duration the operation usually has. */
export function plainCall(
  random: Random,
  slot: Slot,
  operation: Operation,
  object: number,
  page: number,
  status: number,
  bytesFactor: number,
): Call {
  const luck = normal(random);
  return {
    slot,
    operation,
    object,
    page,
    status,
    bytes:
      status < 400
        ? answerBytes(random, operation, luck, bytesFactor)
        : 180 + Math.floor(random.next() * 200),
    durationMs: Math.round(operation.medianMs * (0.6 + Math.exp(0.5 * luck) * 0.4) * 10) / 10,
    extra: null,
  };
}

const mostBytes = 5e8;

function answerBytes(random: Random, operation: Operation, luck: number, factor: number): number {
  const { medianBytes, bytesSigma, hugeShare } = operation;
  const isHuge = random.next() < hugeShare;
  const bytes =
    medianBytes * Math.exp(bytesSigma * luck) * factor * (isHuge ? logUniform(random, 10, 2_000) : 1);
  return Math.round(Math.min(mostBytes, bytes));
}

function ownStatus(credential: Credential, operation: Operation, state: Degree): number {
  const u = credential.random.next();
  let edge = credential.serverErrorShare + state.serverErrors;
  if (u < edge) return u < edge * 0.5 ? 503 : 500;
  const hit = state.deniedScope === null || state.deniedScope === operation.scope;
  edge += credential.deniedShare + (hit ? state.denied : 0);
  if (u < edge) return 403;
  edge += credential.notFoundShare + state.notFound;
  if (u < edge) return operation.shape === 'item' ? 404 : 400;
  return operation.method === 'POST' && operation.shape === 'action' && operation.pathHead !== null
    ? 201
    : 200;
}

function write(credential: Credential, call: Call, timeMs: number, emit: Emit): void {
  const { gateway, random } = credential;
  // Sampling and muting come after every draw, so that neither shifts what follows.
  const kept = gateway.sampleRate === 1 || random.next() < gateway.sampleRate;
  const sequence = credential.sequence++;
  const { rotation } = credential;
  const overlaps =
    rotation !== null && timeMs >= rotation.atMs && timeMs < rotation.atMs + rotation.overlapMs;
  const old = overlaps && random.next() < 0.5;
  if (!kept || timeMs >= credential.endMs) return;
  for (const mute of credential.mutes) if (timeMs >= mute.startMs && timeMs < mute.endMs) return;
  const event = eventOf(credential, call, timeMs, credential.tag, sequence);
  emit(old ? { ...event, credentialId: rotation.previousId } : event);
}
