/** Hands a text to the browser's own download. */
export function saveText(text: string, name: string, type = 'text/plain;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the address by the next task; until then it must stay.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
