using HtiTune;
using HtiTune.Data;

// What is tuned. Several hyperparameters are as many texts: SearchSpace.Parse("lr=1e-5..1e-1:log", "layers=1..4:int", "act=relu,gelu").
var space = SearchSpace.Parse("quantile=0.05..0.95");

// A training, and what is kept of it: as many rows of outputs at every value, in the same order.
using var tuner = Tuner.Create(space, at => Forecaster.Train(at["quantile"], at.Seed), forecaster => forecaster.Predict());

TuningResult four = tuner.Minimize(stock => Shop.Cost(stock, shortage: 4));
Console.WriteLine(four);

// Another preference is answered from the trainings there are.
TuningResult nine = tuner.Minimize(stock => Shop.Cost(stock, shortage: 9), maxTrainings: 0);
Console.WriteLine(nine);
