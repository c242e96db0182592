/**
 * The one page that reports are: a single file without scripts, fonts or pictures from elsewhere; a content-security
 * policy in it forbids them.
 * @module
 */
import { type Content, markup, trusted } from './markup.ts';
import { reportCss } from './style.ts';

export function htmlPage(title: string, body: Content): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(reportCss)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
