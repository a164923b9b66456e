select {{ nonsense
