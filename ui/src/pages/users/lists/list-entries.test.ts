import { expect, test } from 'vitest';
import { entriesOf, folded, hasHead, unmatched } from './list-entries';

test('what is pasted becomes entries, each once', () => {
  expect(entriesOf('mira\n theo@example.org , "a b";MIRA\r\n\nMira Ng <ng@example.org>\tzoë')).toEqual(['mira', 'theo@example.org', 'a b', 'ng@example.org', 'zoë']);
  expect(entriesOf(' \n,;')).toEqual([]);
});

test('a head is known by its columns', () => {
  expect(hasHead('username,name\nmira,Mira')).toBe(true);
  expect(hasHead('Full name;"E-Mail"\nx;y')).toBe(true);
  expect(hasHead('mira\ntheo')).toBe(false);
  expect(hasHead('emailer\nx')).toBe(false);
});

test('names are compared as the server compares them', () => {
  expect(folded('STRASSE')).toBe(folded('Straße'));
  expect(folded('ΣΊΣΥΦΟΣ')).toBe(folded('σίσυφος'));
  expect(folded('e\u0301lan')).toBe(folded('ÉLAN'));
});

test('entries that fit nobody are found by name and by address', () => {
  const accounts = [
    { username: 'Mira', email: 'mira@example.org' },
    { username: 'theo', email: null },
  ];
  expect(unmatched(['MIRA', 'Mira@Example.org', 'theo', 'zoe'], accounts)).toEqual(['zoe']);
});
