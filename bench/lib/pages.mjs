/** What a page measures of itself, put in before its own scripts run. */
export function watchPaints() {
  const seen = { longTasks: [], marks: [] };
  globalThis.bench = seen;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.longTasks.push(entry.startTime + entry.duration);
  }).observe({ type: 'longtask', buffered: true });
}

/** Notes for each line `mark NUMBER at TIME` how long after that time it was painted. */
export function watchMarks() {
  const known = new Set();
  const look = () => {
    const found = [...document.body.textContent.matchAll(/mark (\d+) at (\d{13})/g)].filter(([, n]) => !known.has(n));
    for (const [, number] of found) known.add(number);
    if (found.length === 0) return;
    requestAnimationFrame(() =>
      setTimeout(() => {
        for (const [, , at] of found) globalThis.bench.marks.push(Date.now() - Number(at));
      }),
    );
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}

/** Milliseconds between frames while the page scrolls down by a notch of a mouse's wheel each frame. */
export async function scrollFrames(frames) {
  const notch = 120;
  const gaps = [];
  let last = performance.now();
  for (let at = 0; at < frames; at += 1) {
    scrollBy(0, notch);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }
  return gaps;
}

/** First contentful paint, and when the page last had a long task, of those that began before it was asked. */
export function paintTimes() {
  const fcp = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null;
  return { fcp, lastLongTask: Math.max(0, ...globalThis.bench.longTasks) };
}
