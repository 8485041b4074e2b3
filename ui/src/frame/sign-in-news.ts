// Tells the other tabs of this browser that somebody signed in here: where one of them asks for it, it goes on.
const NAME = 'rollcall-sign-in';

export function announceSignIn(): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage('signed-in');
  channel.close();
}

/** Calls `listener` whenever another tab says so; ends with what it gives back. */
export function whenSignedInElsewhere(listener: () => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = listener;
  return () => channel.close();
}
