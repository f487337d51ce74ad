/** To be written. */
export default function GuideView() {
  return <h1>Guide</h1>;
}
