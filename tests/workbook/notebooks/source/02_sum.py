# %% [markdown] lang="es"
# # 2. Suma

# %% [markdown] lang="en"
# # 2. Sum

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # in front of every name
locale: str = "{{locale}}"  # es | en

# %% tags=["exercise"]
total = 0
for number in (1, 4, 9):
    # stub
    # total = total
    # solution
    total = total + number
    # end
total
