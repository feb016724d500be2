import { render } from "preact";
import { askWhoWeAre } from "../log-in";
import { PlantApp } from "./app";
import { keepReading } from "./lines";
import "uplot/dist/uPlot.min.css";
import "../style/frame.css";
import "../style/live.css";
import "../style/coils.css";
import "../style/decisions.css";
import "../style/ribbon.css";
import "../style/plant.css";

const root = document.getElementById("app");
if (root) render(<PlantApp />, root);
void askWhoWeAre().then(keepReading);
