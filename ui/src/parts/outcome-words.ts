// Outcomes of items: the word, and what it means.
export const OUTCOME_WORDS: Record<string, string> = {
  pending: 'waiting',
  started: 'begun',
  done: 'done',
  already: 'already so',
  drifted: 'changed since',
  refused: 'refused',
  failed: 'failed',
  unknown: 'not known',
  stopped: 'stopped before',
};

export const OUTCOME_MEANING: Record<string, string> = {
  pending: 'It was not begun yet.',
  started: 'It was begun, and has no outcome yet. After a crash the account is looked at before anything is sent again.',
  done: 'The change was made, and was seen to be so afterwards.',
  already: 'It was so already; nothing was sent.',
  drifted: 'The account was changed since the plan was made, or is protected now; it was left as it is.',
  refused: 'The site refused it, or it cannot be done there; it was left as it is.',
  failed: 'It was tried and did not come to pass.',
  unknown: 'Something was sent, and it could not be seen whether it came to pass.',
  stopped: 'The run was stopped before it; nothing was sent.',
};
