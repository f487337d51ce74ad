/** To be written. */
export default function PredictView() {
  return <h1>Predict</h1>;
}
