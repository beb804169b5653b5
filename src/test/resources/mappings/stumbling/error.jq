{
  LastName: "x",
  Title: error(.identity.traits.email)
}
