// Two classes at a time: many wait for processes that they started, and more would make those with limits of time late. All have been seen to end beside each other on two busy cores.
[assembly: Xunit.CollectionBehavior(MaxParallelThreads = 2)]
