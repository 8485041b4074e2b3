// Sends the form of the setup page. The token stands behind '#', which browsers and proxies keep to themselves.
'use strict';

const form = document.getElementById('form');
const problem = document.getElementById('problem');
const words = document.getElementById('words');
const token = window.location.hash.slice(1);
history.replaceState(null, '', window.location.pathname);

if (token === '') {
  form.hidden = true;
  words.textContent = 'The setup link ends with "#" and a long word, and that is missing here. Open the link as it was printed, or make another: rollcall operators setup-link';
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.textContent = '';
  const name = form.elements.name.value;
  const password = form.elements.password.value;
  if (password !== document.getElementById('again').value) {
    problem.textContent = 'The two passwords are not the same.';
    return;
  }
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    const answer = await fetch('/api/v1/setup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, name, password }),
    });
    if (answer.ok) {
      form.hidden = true;
      words.textContent = `${name} is the first admin and signed in here. Programs and the API find everything under /api/v1; see /api/v1/openapi.json.`;
      return;
    }
    const body = await answer.json();
    const places = (body.errors ?? []).map((error) => error.message);
    problem.textContent = places.length > 0 ? places.join(' ') : body.detail ?? body.title;
  } catch {
    problem.textContent = 'Rollcall does not answer. Is it still running?';
  } finally {
    button.disabled = false;
  }
});
