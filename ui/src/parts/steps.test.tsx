import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { Steps } from './steps';

const STEPS = [
  { id: 'one', title: 'One', words: 'the first' },
  { id: 'two', title: 'Two', words: 'the second' },
  { id: 'three', title: 'Three' },
] as const;

test('in order: those before are done, one is now, and none can be pressed', () => {
  render(<Steps label="Steps" steps={STEPS} now="two" />);
  const [one, two, three] = screen.getByLabelText('Steps').children;
  expect(screen.getByLabelText('Steps').tagName).toBe('OL');
  expect([one, two, three].map((step) => step?.getAttribute('aria-current'))).toEqual([null, 'step', null]);
  expect(one?.textContent).toBe('✓One, donethe first');
  expect(two?.textContent).toBe('2Twothe second');
  expect(document.querySelector('button')).toBeNull();
});

test('in any order: each is a button, and says where something is wrong', () => {
  const onChoose = vi.fn();
  render(<Steps label="Steps of it" steps={[STEPS[0], { ...STEPS[1], isWrong: true }, { ...STEPS[2], mark: '≡' }]} now="three" onChoose={onChoose} />);
  const [one, two, three] = document.querySelectorAll('nav[aria-label="Steps of it"] > ol > li > button');
  expect([one, two, three].map((step) => step?.getAttribute('aria-current'))).toEqual([null, null, 'step']);
  expect([one, two, three].map((step) => step?.textContent)).toEqual(['1Onethe first', '2Twosomething is wrong', '≡Three']);
  fireEvent.click(one as Element);
  expect(onChoose).toHaveBeenCalledWith('one');
});
