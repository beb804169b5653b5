{LastName: last(range(infinite))}
