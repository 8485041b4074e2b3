import { expect, test } from 'vitest';
import { placeFor, wordPieces } from './command-places';

const read = (text: string, about?: string) => wordPieces(text, about).map((piece) => (piece.kind === 'place' ? `[${piece.text}](${piece.to})` : piece.kind === 'code' ? `<${piece.text}>` : piece.text)).join('');

test('where the page can do it, the place stands instead of the command', () => {
  expect(read('There is no snapshot of site "wiki" yet; make one with `rollcall sync wiki`.')).toBe('There is no snapshot of site "wiki" yet; make one with [Sites › wiki › Snapshots](/sites/wiki/snapshots).');
  expect(read('they were refused; correct them with `rollcall site set docs.eu`, or try them with `rollcall site test docs.eu`')).toBe(
    'they were refused; correct them with [Sites › docs.eu](/sites/docs.eu), or try them with [Sites › docs.eu](/sites/docs.eu)',
  );
  expect(read('; `rollcall operators list` shows those there are')).toBe('; [Settings › Operators](/settings/operators) shows those there are');
  expect(read('rollcall webhook test chat room; an event is given up after three days.')).toBe('[Settings › Webhooks](/settings/webhooks); an event is given up after three days.');
});

test('words that name no site are about the one that is looked at', () => {
  const words = 'The access token is wrong. Create a new one, and give it to this site: rollcall site set NAME --token-file FILE.';
  expect(read(words, 'wiki')).toBe('The access token is wrong. Create a new one, and give it to this site: [Sites › wiki](/sites/wiki).');
  expect(read(words)).toBe('The access token is wrong. Create a new one, and give it to this site: [Sites](/sites).');
  expect(read('if the servers record every login: rollcall site set NAME --records-every-login true', 'wiki')).toBe('if the servers record every login: [Sites › wiki › Settings](/sites/wiki/settings)');
  expect(read('Give the certificate when you connect it: rollcall site add … --ca-file FILE.')).toBe('Give the certificate when you connect it: [Sites › Connect a site](/sites?connect=yes).');
});

test('what only the command line can do stays, and so does what is no command', () => {
  expect(read('`rollcall operators setup-link` on the server makes another')).toBe('<rollcall operators setup-link> on the server makes another');
  expect(read('`disable` was refused for 2 accounts.')).toBe('<disable> was refused for 2 accounts.');
  expect(read('`server.allow-http-sites` in rollcall.yaml permits http')).toBe('<server.allow-http-sites> in rollcall.yaml permits http');
  expect(placeFor('rollcall backup create')).toBeUndefined();
});

test('a name of somebody else leads nowhere but to a page of these', () => {
  expect(placeFor('rollcall policy enable ../../evil?x=1')?.to).toBe('/policies/..%2F..%2Fevil%3Fx%3D1');
});
