/**
 * The lab's beginning.
 * @module
 */
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import { App } from './app.tsx';
import { paletteCss } from './sonde.ts';
import './style.css';

// The cookie knows the token now: it need not stay in the address, in bookmarks or on a shared screen.
const address = new URL(location.href);
if (address.searchParams.has('token')) {
  address.searchParams.delete('token');
  history.replaceState(undefined, '', address);
}

const theme = document.createElement('style');
theme.textContent = paletteCss;
document.head.append(theme);
render(<App />, document.getElementById('lab')!);
