/** To be written. */
export default function TrainView() {
  return <h1>Train</h1>;
}
