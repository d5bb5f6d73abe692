/** The page: asks the API and shows what it says. */
import './style.css';
import { sentence } from './sentence.ts';

const answer = document.querySelector('#answer');
const button = document.querySelector<HTMLButtonElement>('#ask');

const ask = async () => {
  if (!answer || !button) return;
  button.disabled = true;
  try {
    const response = await fetch('/api/time');
    if (!response.ok) throw new Error(`the API answered ${response.status}`);
    answer.textContent = sentence(await response.json());
  } catch (error) {
    answer.textContent = `No answer: ${error instanceof Error ? error.message : error}.`;
  } finally {
    button.disabled = false;
  }
};

button?.addEventListener('click', ask);
void ask();
