/**
 * Who may talk to the lab: only a page of the lab itself, on this machine, that knows the token.
 *
 * The address printed in the terminal carries the token once; the answer sets a cookie that scripts cannot read and that
 * other sites' requests do not carry. Host is checked against DNS rebinding, Origin and Sec-Fetch-Site against other
 * pages, also those on other ports of this machine.
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

export interface GuardOptions {
  readonly token: string;
  /** The port listened on, known only once the server listens. */
  readonly port: () => number;
}

/** For everything the lab's own pages need, and nothing from elsewhere. */
const appPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** For files of the workspace: reports and figures show themselves and run nothing. */
export const filePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/** Refuses with 403 and a sentence; lets everything else pass with headers that keep it closed. */
export function guard({ token, port }: GuardOptions): MiddlewareHandler {
  return async function checkRequest(context, next) {
    const refusal = refusalOf(context, token, port());
    if (refusal !== undefined) return context.text(`${refusal}\n`, 403, headers);
    await next();
    if (matches(context.req.query('token'), token)) {
      setCookie(context, cookieName(port()), token, { httpOnly: true, sameSite: 'Strict', path: '/' });
    }
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
    if (!context.res.headers.has('Content-Security-Policy'))
      context.res.headers.set('Content-Security-Policy', appPolicy);
  };
}

const headers: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

function refusalOf(context: Context, token: string, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const host = context.req.header('host');
  if (host === undefined || !hosts.includes(host)) return `The lab answers to ${hosts[0]} only.`;
  const origin = context.req.header('origin');
  if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`))
    return 'The lab answers its own pages only.';
  const withToken = matches(context.req.query('token'), token);
  const site = context.req.header('sec-fetch-site');
  const opened = withToken && context.req.header('sec-fetch-mode') === 'navigate';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opened)
    return 'The lab answers its own pages only.';
  if (!withToken && !matches(getCookie(context, cookieName(port)), token)) {
    return 'The lab needs its token: open the whole address that sonde printed in the terminal.';
  }
  return undefined;
}

/** Cookies do not tell ports apart, so the name does: two labs do not sign each other out. */
function cookieName(port: number): string {
  return `sonde-lab-${port}`;
}

/** Compares without telling by its time how much was right. */
function matches(given: string | undefined, token: string): boolean {
  if (given === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
